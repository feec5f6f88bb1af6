using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;
using Aphorist.Cli.Terminal;
using Aphorist.Training;
using Spectre.Console;

namespace Aphorist.Cli.Tests.Commands.Train;

/// <summary>The progress of an epoch without a terminal.</summary>
public sealed class EpochProgressTests
{
    [Fact]
    public async Task ShowAsync_WithoutATerminal_WritesALineWhenNothingElseWasWrittenForSomeTime()
    {
        using SilentConsole console = new();
        Clock clock = new();
        CommandOutput output = new(console, Json: false, Quiet: false, Debug: false);
        await using EpochProgress progress = new(output, epochs: 9, new LossHistory(), time: clock);
        await progress.ShowAsync(new TrainingPosition(2, 3, 10, IsValidating: false, 0.456));
        Assert.Equal("", console.Lines);

        clock.Now += EpochProgress.LineInterval.Ticks;
        await progress.ShowAsync(new TrainingPosition(2, 3, 10, IsValidating: false, 0.456));
        Assert.Equal("epoch 2/9 34 %  batch 4/10 45 %\n", console.Lines);

        clock.Now += EpochProgress.LineInterval.Ticks - 1;
        await progress.ShowAsync(new TrainingPosition(2, 3, 10, IsValidating: false, 0.9));
        Assert.Equal("epoch 2/9 34 %  batch 4/10 45 %\n", console.Lines);
        clock.Now += 1;
        await progress.ShowAsync(new TrainingPosition(2, 10, 10, IsValidating: true, 0.5));
        Assert.EndsWith("\nepoch 2/9 100 %  validation 50 %\n", console.Lines, StringComparison.Ordinal);
    }

    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }

    private sealed class SilentConsole : AphoristConsole, IDisposable
    {
        private readonly StringWriter error = new() { NewLine = "\n" };

        public override Stream Input => Stream.Null;

        public override ResultWriter Output { get; } = new(Stream.Null);

        public override TextWriter Error => error;

        public string Lines => error.ToString();

        public override string? GetVariable(string name) => null;

        public void Dispose() => Output.Dispose();

        protected override IAnsiConsole CreateTerminal(bool isError) => throw new InvalidOperationException("There is no terminal.");
    }
}

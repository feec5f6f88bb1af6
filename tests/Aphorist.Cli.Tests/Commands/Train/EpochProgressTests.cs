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
        ManualClock clock = new();
        using SilentConsole console = new(clock);
        CommandOutput output = new(console, Json: false, Quiet: false, Debug: false);
        await using EpochProgress progress = new(output, Extent(epochs: 9), new LossHistory());
        await progress.ShowAsync(new TrainingPosition(2, 3, 10, IsValidating: false, 0.456, 1));
        Assert.Equal("", console.Lines);

        clock.Advance(EpochProgress.LineInterval);
        await progress.ShowAsync(new TrainingPosition(2, 3, 10, IsValidating: false, 0.456, 1));
        Assert.Equal("epoch 2/9 34 %  batch 4/10 45 %\n", console.Lines);

        clock.Advance(EpochProgress.LineInterval - TimeSpan.FromTicks(1));
        await progress.ShowAsync(new TrainingPosition(2, 3, 10, IsValidating: false, 0.9, 1));
        Assert.Equal("epoch 2/9 34 %  batch 4/10 45 %\n", console.Lines);
        clock.Advance(TimeSpan.FromTicks(1));
        await progress.ShowAsync(new TrainingPosition(2, 10, 10, IsValidating: true, 0.5, 1));
        Assert.EndsWith("\nepoch 2/9 100 %  validation 50 %\n", console.Lines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShowAsync_RunWithATimeLimit_ShowsTheShareOfTheTime()
    {
        ManualClock clock = new();
        using SilentConsole console = new(clock);
        CommandOutput output = new(console, Json: false, Quiet: false, Debug: false);
        TrainingOptions options = TrainingOptions.Quick with { TimeBudget = TimeSpan.FromHours(2) };
        RunExtent extent = new(options, () => 3725);
        await using EpochProgress progress = new(output, extent, new LossHistory(), "run 2/3, ");
        clock.Advance(EpochProgress.LineInterval);
        await progress.ShowAsync(new TrainingProgress(4, 5, 10, 1.5, 0.5, 185_000, TimeSpan.FromSeconds(48)));

        Assert.Equal("run 2/3, epoch 4, 1:02:05 of 2:00:00 51 %  loss 1.5000  185 k characters/s\n", console.Lines);
    }

    [Fact]
    public void In_RunWithBothLimits_NamesBoth()
    {
        TrainingOptions options = TrainingOptions.Quick with { Epochs = 30 };
        Assert.Equal("epoch 4/30, 0:12 of 1:00", new RunExtent(options, () => 12.9).In(4));
        Assert.Equal("epoch 4/59", Extent(epochs: 59).In(4));
    }

    [Fact]
    public void Share_Run_IsThatOfItsNearestLimitOrOfTheEpoch()
    {
        TrainingOptions both = TrainingOptions.Quick with { Epochs = 30 };
        Assert.Equal(0.5, new RunExtent(both, () => 30).Share(4, 0.5));
        Assert.Equal(0.75, new RunExtent(both, () => 30).Share(23, 0.5));
        Assert.Equal(1, new RunExtent(TrainingOptions.Quick, () => 61).Share(23, 0.5));
        Assert.Equal(0.5, Extent(epochs: 59).Share(4, 0.5));
    }

    private static RunExtent Extent(int epochs) => new(TrainingOptions.Notebook with { Epochs = epochs }, () => 1);

    private sealed class SilentConsole(TimeProvider time) : AphoristConsole, IDisposable
    {
        private readonly StringWriter error = new() { NewLine = "\n" };

        public override TimeProvider Time => time;

        public override Stream Input => Stream.Null;

        public override ResultWriter Output { get; } = new(Stream.Null);

        public override TextWriter Error => error;

        public string Lines => error.ToString();

        public override string? GetVariable(string name) => null;

        public void Dispose() => Output.Dispose();

        protected override IAnsiConsole CreateTerminal(bool isError) => throw new InvalidOperationException("There is no terminal.");
    }
}

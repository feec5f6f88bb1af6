using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Distributed;
using Spectre.Console;

namespace Aphorist.Cli.Tests;

/// <summary>
/// The command in this process, with a console of its own for each call. Calls can run in parallel, so paths are absolute. Tests of
/// signals, pipes, terminals, start-up and the working folder use <see cref="AphoristProcess"/>.
/// </summary>
internal static class AphoristApp
{
    /// <summary>Runs the command to its end.</summary>
    public static CommandResult Run(params string[] arguments) => RunWith("", arguments);

    /// <summary>Runs the command to its end, with a text on its standard input.</summary>
    public static CommandResult RunWith(string input, params string[] arguments)
    {
        using MemoryConsole console = new(input);
        int exitCode = Task.Run(() => Invocation.RunAsync(arguments, console, CancellationToken.None)).GetAwaiter().GetResult();
        return new CommandResult(exitCode, console.OutputText, console.ErrorText);
    }

    /// <summary>Runs the command to its end, with environment variables.</summary>
    public static CommandResult RunIn((string Name, string Value)[] variables, params string[] arguments)
    {
        using MemoryConsole console = new("") { Variables = variables };
        int exitCode = Task.Run(() => Invocation.RunAsync(arguments, console, CancellationToken.None)).GetAwaiter().GetResult();
        return new CommandResult(exitCode, console.OutputText, console.ErrorText);
    }

    /// <summary>Runs the command to its end on a terminal without cursor movements, which shows no progress bar.</summary>
    public static CommandResult RunOnTerminal(int columns, TimeProvider time, params string[] arguments)
    {
        using MemoryConsole console = new("", columns, time);
        int exitCode = Task.Run(() => Invocation.RunAsync(arguments, console, CancellationToken.None)).GetAwaiter().GetResult();
        return new CommandResult(exitCode, console.OutputText, console.ErrorText);
    }

    /// <summary>Runs the command to its end as one of the processes that a launcher started.</summary>
    public static CommandResult RunAsRank(int rank, int size, params string[] arguments)
    {
        using MemoryConsole process = new("");
        MpiLauncher launcher = MpiLauncher.Read(name => name switch { "PMI_RANK" => $"{rank}", "PMI_SIZE" => $"{size}", _ => null })!;
        RankConsole console = new(process, launcher);
        int exitCode = Task.Run(() => Invocation.RunAsync(arguments, console, CancellationToken.None)).GetAwaiter().GetResult();
        return new CommandResult(exitCode, process.OutputText, process.ErrorText);
    }

    private sealed class MemoryConsole : AphoristConsole, IDisposable
    {
        private readonly MemoryStream output = new();
        private readonly StringWriter error = new() { NewLine = "\n" };
        private readonly int? columns;

        public MemoryConsole(string input, int? columns = null, TimeProvider? time = null)
        {
            (this.columns, Time) = (columns, time ?? TimeProvider.System);
            Input = new MemoryStream(Encoding.UTF8.GetBytes(input));
            Output = new ResultWriter(output);
            Error = TextWriter.Synchronized(error);
        }

        public override Stream Input { get; }

        public override ResultWriter Output { get; }

        public override TextWriter Error { get; }

        public override bool IsOutputTerminal => columns is not null;

        public override bool IsErrorTerminal => columns is not null;

        public override int TerminalColumns => columns ?? base.TerminalColumns;

        public override TimeProvider Time { get; }

        public string OutputText => Encoding.UTF8.GetString(output.ToArray());

        public string ErrorText => error.ToString();

        public (string Name, string Value)[] Variables { get; init; } = [];

        public override IEnumerable<(string Name, string Value)> GetVariables() => Variables;

        public override string? GetVariable(string name) => name == "TERM" && columns is not null ? "dumb" : null;

        public void Dispose()
        {
            Output.Dispose();
            Input.Dispose();
        }

        protected override IAnsiConsole CreateTerminal(bool isError) => columns is null
            ? throw new InvalidOperationException("There is no terminal.")
            : AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = ColorSystemSupport.EightBit,
                Out = new AnsiConsoleOutput(new StringWriter()),
            });
    }
}

using System.Collections;
using Aphorist.Cli.Terminal;
using Spectre.Console;

namespace Aphorist.Cli.CommandLine;

/// <summary>The console of this process: the only user of <see cref="Console"/> in the command.</summary>
internal sealed class ProcessConsole : AphoristConsole, IDisposable
{
    private readonly ResultStream stream;
    private Stream? input;
    private TextWriter? error;

    /// <param name="readerLeft">Called once when the reader of standard output has closed it.</param>
    public ProcessConsole(Action readerLeft)
    {
        stream = new ResultStream(StandardStreams.OpenOutput(), readerLeft);
        Output = new ResultWriter(stream);
    }

    public override Stream Input => input ??= StandardStreams.OpenInput();

    public override string? InputPath => OperatingSystem.IsWindows() ? null : "/dev/stdin";

    public override ResultWriter Output { get; }

    public override TextWriter Error => error ??= StandardStreams.OpenError();

    public override bool IsInputTerminal => !Console.IsInputRedirected;

    public override bool IsOutputTerminal => !Console.IsOutputRedirected;

    public override bool IsErrorTerminal => !Console.IsErrorRedirected;

    public override int TerminalColumns
    {
        get
        {
            try
            {
                return Console.WindowWidth is > 0 and int columns ? columns : UsualColumns;
            }
            catch (IOException)
            {
                // On Windows, a terminal of another program has no size.
                return UsualColumns;
            }
        }
    }

    public override bool IsReaderGone => stream.IsBroken;

    public override bool IsControlCAKey
    {
        get => Console.TreatControlCAsInput;
        set => Console.TreatControlCAsInput = value;
    }

    public override string? GetVariable(string name) => Environment.GetEnvironmentVariable(name);

    public override IEnumerable<(string Name, string Value)> GetVariables()
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            yield return ((string)variable.Key, (string?)variable.Value ?? "");
    }

    public void Dispose()
    {
        Output.Dispose();
        stream.Dispose();
        input?.Dispose();
    }

    protected override IAnsiConsole CreateTerminal(bool isError) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(isError ? Console.Error : Console.Out),
        Ansi = HasAnsi(isError ? IsErrorTerminal : IsOutputTerminal) ? AnsiSupport.Yes : AnsiSupport.Detect,
        // On a continuous integration server Spectre.Console would not read keys, even from a terminal.
        Interactive = isError ? InteractionSupport.Detect : InteractionSupport.Yes,
    });

    /// <summary>Whether a terminal knows escape sequences. Spectre.Console knows the names of some terminals only.</summary>
    private static bool HasAnsi(bool isTerminal) =>
        isTerminal && !OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
}

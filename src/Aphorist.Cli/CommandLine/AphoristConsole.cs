using Aphorist.Cli.Terminal;
using Spectre.Console;

namespace Aphorist.Cli.CommandLine;

/// <summary>The standard streams, the terminal and the environment of one call. Commands use nothing else of the process.</summary>
internal abstract class AphoristConsole
{
    /// <summary>The columns of a terminal that does not know them.</summary>
    protected const int UsualColumns = 80;

    private readonly Lazy<IAnsiConsole> outputTerminal, errorTerminal;

    protected AphoristConsole()
    {
        outputTerminal = new(() => CreateTerminal(isError: false));
        errorTerminal = new(() => TerminalProgress.Prepared(CreateTerminal(isError: true)));
    }

    /// <summary>Standard input.</summary>
    public abstract Stream Input { get; }

    /// <summary>A path that names standard input as a file; null if there is none.</summary>
    public virtual string? InputPath => null;

    /// <summary>Standard output, for results only.</summary>
    public abstract ResultWriter Output { get; }

    /// <summary>Standard error, for errors, notes and progress.</summary>
    public abstract TextWriter Error { get; }

    public virtual bool IsInputTerminal => false;

    public virtual bool IsOutputTerminal => false;

    public virtual bool IsErrorTerminal => false;

    /// <summary>
    /// The columns of the terminal. They can change at any time. To ask for them prepares the terminal of the process with an escape
    /// sequence, so ask only to write text to it.
    /// </summary>
    public virtual int TerminalColumns => UsualColumns;

    /// <summary>The clock that decides how often something is shown.</summary>
    public virtual TimeProvider Time => TimeProvider.System;

    /// <summary>Whether the program that reads standard output has closed it, as `head` does.</summary>
    public virtual bool IsReaderGone => false;

    /// <summary>Whether Ctrl-C is a key instead of a signal.</summary>
    public virtual bool IsControlCAKey { get; set; }

    /// <summary>Standard output as Spectre.Console sees it: size, colours and keys.</summary>
    public IAnsiConsole OutputTerminal => outputTerminal.Value;

    /// <summary>Standard error as Spectre.Console sees it.</summary>
    public IAnsiConsole ErrorTerminal => errorTerminal.Value;

    /// <summary>Writes a line to standard error, on a terminal above what is drawn there. Any thread may call it.</summary>
    public void WriteNotice(string line)
    {
        try
        {
            // A progress bar below does not clear the rest of the line.
            if (IsErrorTerminal) ErrorTerminal.WriteLine(line.PadRight(ErrorTerminal.Profile.Width));
            else Error.WriteLine(line);
        }
        catch (IOException)
        {
            // Nobody reads standard error any more.
        }
    }

    /// <summary>Ends a call, when everything is written.</summary>
    public virtual Task CloseAsync(int exitCode, CancellationToken cancellationToken) => Output.FlushAsync(CancellationToken.None);

    /// <summary>Gets an environment variable; null if it is not set.</summary>
    public abstract string? GetVariable(string name);

    /// <summary>All environment variables.</summary>
    public virtual IEnumerable<(string Name, string Value)> GetVariables() => [];

    protected abstract IAnsiConsole CreateTerminal(bool isError);
}

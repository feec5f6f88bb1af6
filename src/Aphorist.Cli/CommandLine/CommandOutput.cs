using System.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.CommandLine;

/// <summary>What a command reads and where it writes: results to standard output, everything else to standard error.</summary>
/// <param name="Console">The streams and the terminal of the call.</param>
/// <param name="Json">Whether results are JSON.</param>
/// <param name="Quiet">Whether notes and progress are suppressed.</param>
/// <param name="Debug">Whether to print the stack trace of a failure.</param>
internal sealed record CommandOutput(AphoristConsole Console, bool Json, bool Quiet, bool Debug)
{
    /// <summary>Standard input. On a terminal, a note says that the command waits for it.</summary>
    public Stream Input => Console.IsInputTerminal ? new TypedInput(Console.Input, Notes) : Console.Input;

    /// <summary>Standard output.</summary>
    public ResultWriter Result => Console.Output;

    /// <summary>Standard error, or nothing if the call is quiet.</summary>
    public TextWriter Notes => Quiet ? TextWriter.Null : Console.Error;

    /// <summary>Whether a progress bar can be drawn on standard error.</summary>
    public bool ShowsProgress => !Quiet && Console.IsErrorTerminal && Console.GetVariable("TERM") != "dumb";

    /// <summary>Writes a note in prose. On a terminal, it is broken between words. It must not contain a call to copy.</summary>
    public Task NoteAsync(string sentences) =>
        Notes.WriteLineAsync(Console.IsErrorTerminal && !Quiet ? WordWrap.Of(sentences, Console.TerminalColumns) : sentences);

    /// <summary>
    /// Wraps text that is written to standard output in pieces, if that is a terminal and the result is text; null if not.
    /// </summary>
    /// <param name="indent">What each line begins with.</param>
    public WordWrap? WrapResult(string indent = "") =>
        Console.IsOutputTerminal && !Json ? new WordWrap(Result.Type, () => Console.TerminalColumns, indent) : null;

    public static CommandOutput Of(ParseResult call) => new(
        Invocation.ConsoleOf(call),
        call.GetValue(GlobalOptions.Json),
        call.GetValue(GlobalOptions.Quiet),
        call.GetValue(GlobalOptions.Debug));
}

using System.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.CommandLine;

/// <summary>Where a command writes: results to standard output, everything else to standard error.</summary>
/// <param name="Result">Standard output.</param>
/// <param name="Notes">Standard error, or nowhere when the call is quiet.</param>
/// <param name="Json">Whether results are JSON.</param>
/// <param name="ShowsProgress">Whether standard error is a terminal that a progress bar can be drawn on.</param>
/// <param name="Debug">Whether the stack trace of a failure is wanted.</param>
internal sealed record CommandOutput(ResultWriter Result, TextWriter Notes, bool Json, bool ShowsProgress, bool Debug)
{
    public static CommandOutput Of(ParseResult call)
    {
        bool quiet = call.GetValue(GlobalOptions.Quiet);
        return new CommandOutput(
            (ResultWriter)call.InvocationConfiguration.Output,
            quiet ? TextWriter.Null : call.InvocationConfiguration.Error,
            call.GetValue(GlobalOptions.Json),
            !quiet && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
            call.GetValue(GlobalOptions.Debug));
    }
}

using System.CommandLine;
using System.CommandLine.Invocation;

namespace Aphorist.Cli.CommandLine;

/// <summary>One call of the command, from its arguments to its exit code.</summary>
internal static class Invocation
{
    /// <summary>Runs a call.</summary>
    /// <param name="arguments">The words after `aphorist`.</param>
    /// <param name="console">The streams and the terminal to use.</param>
    /// <param name="cancellationToken">Interrupts the call.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, AphoristConsole console, CancellationToken cancellationToken)
    {
        int code = await RunCommandAsync(arguments, console, cancellationToken);
        await console.Output.FlushAsync(CancellationToken.None);
        return code;
    }

    /// <summary>The console that a command was invoked with.</summary>
    public static AphoristConsole ConsoleOf(ParseResult call) => ((Configuration)call.InvocationConfiguration).Console;

    private static async Task<int> RunCommandAsync(string[] arguments, AphoristConsole console, CancellationToken cancellationToken)
    {
        ParseResult call = AphoristCommand.Create(arguments.FirstOrDefault()).Parse(arguments);
        if (arguments.Length == 0) return ShowHelp(console);
        if (call.Action is ParseErrorAction) return UsageErrorReport.Write(call, console.Error);
        try
        {
            return await call.InvokeAsync(new Configuration(console), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A reader that has seen enough, such as `head`, is no failure.
            return console.IsReaderGone ? ExitCode.Done : ExitCode.Interrupted;
        }
        catch (Exception exception)
        {
            return ErrorReport.Write(exception, call, console.Error);
        }
    }

    private static int ShowHelp(AphoristConsole console)
    {
        AphoristCommand.Create().Parse(["--help"]).Invoke(new Configuration(console) { Output = console.Error });
        return ExitCode.WrongCall;
    }

    private sealed class Configuration : InvocationConfiguration
    {
        public Configuration(AphoristConsole console)
        {
            Console = console;
            Output = console.Output;
            Error = console.Error;
            EnableDefaultExceptionHandler = false;
            ProcessTerminationTimeout = null;
        }

        public AphoristConsole Console { get; }
    }
}

using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Aphorist.Cli.Terminal;

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
            RefuseEmptyPaths(call);
            return await call.InvokeAsync(new Configuration(console), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A reader that has seen enough, such as `head`, is no failure.
            return console.IsReaderGone ? ExitCode.Done : ExitCode.Interrupted;
        }
        catch (IOException exception) when (ResultStream.IsBrokenPipe(exception))
        {
            // The reader of an output that is a pipe has seen enough.
            return ExitCode.Done;
        }
        catch (Exception exception)
        {
            return ErrorReport.Write(exception, call, console.Error);
        }
    }

    /// <summary>Refuses an empty path, as from an unset variable of a shell. The library could not say which option it was.</summary>
    private static void RefuseEmptyPaths(ParseResult call)
    {
        foreach (SymbolResult result in call.CommandResult.Children)
        {
            string? name = result switch
            {
                ArgumentResult { Argument: Argument argument } => argument.Name,
                OptionResult { Option: { HelpName: "file" or "folder" or "model" } option } => option.Name,
                _ => null,
            };
            if (name is not null && result.Tokens.Any(token => token.Value.Length == 0))
                throw new UsageException($"{name} is empty: give a path, or leave it out.");
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

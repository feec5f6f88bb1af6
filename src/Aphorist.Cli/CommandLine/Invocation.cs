using System.CommandLine;
using System.CommandLine.Invocation;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.CommandLine;

/// <summary>One call of the command, from its arguments to its exit code.</summary>
internal static class Invocation
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        using Interruption interruption = new();
        using ResultStream stream = new(interruption.Request);
        using ResultWriter result = new(stream);
        ParseResult call = AphoristCommand.Create(arguments.FirstOrDefault()).Parse(arguments);
        if (arguments.Length == 0) return ShowHelp();
        if (call.Action is ParseErrorAction) return UsageErrorReport.Write(call, Console.Error);

        InvocationConfiguration configuration = new()
        {
            Output = result,
            Error = Console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await call.InvokeAsync(configuration, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            // Whoever read our output has seen enough, as `head` does: not worth a word.
            return stream.IsBroken ? ExitCode.Done : ExitCode.Interrupted;
        }
        catch (Exception exception)
        {
            return ErrorReport.Write(exception, Console.Error, call.GetValue(GlobalOptions.Debug));
        }
    }

    private static int ShowHelp()
    {
        AphoristCommand.Create().Parse(["--help"]).Invoke(new InvocationConfiguration { Output = Console.Error });
        return ExitCode.WrongCall;
    }
}

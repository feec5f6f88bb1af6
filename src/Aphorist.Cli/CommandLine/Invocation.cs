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
        await console.CloseAsync(code, cancellationToken);
        return code;
    }

    /// <summary>Does the work of a call, reports its failure, and returns the exit code.</summary>
    public static async Task<int> ReportAsync(
        Func<Task<int>> work, ParseResult call, AphoristConsole console, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
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

    /// <summary>The console that a command was invoked with.</summary>
    public static AphoristConsole ConsoleOf(ParseResult call) => ((Configuration)call.InvocationConfiguration).Console;

    private static async Task<int> RunCommandAsync(string[] arguments, AphoristConsole console, CancellationToken cancellationToken)
    {
        ParseResult call = AphoristCommand.Create(arguments.FirstOrDefault()).Parse(arguments);
        if (arguments.Length == 0) return ShowHelp(console);
        if (Suggestions.For(arguments) is { } suggestions)
        {
            foreach (string word in suggestions) console.Output.WriteLine(word);
            return ExitCode.Done;
        }

        string[] words = OptionWords.ForParser(arguments, call.CommandResult.Command);
        if (!words.SequenceEqual(arguments)) call = call.RootCommandResult.Command.Parse(words);
        // --help works in a wrong call, too.
        bool isWrong = call.Action is ParseErrorAction
            || (call.Action == call.CommandResult.Command.Action && UsageErrorReport.StrayOptions(call).Any());
        if (isWrong) return UsageErrorReport.Write(call, console.Error);
        return await ReportAsync(InvokeAsync, call, console, cancellationToken);

        Task<int> InvokeAsync()
        {
            CheckWords(call);
            NoteDecimalCommas(call, console.Error);
            return call.InvokeAsync(new Configuration(console), cancellationToken);
        }
    }

    /// <summary>
    /// Refuses empty words, as from an unset variable of a shell, and NUL characters, which no file name can have. The library could not
    /// say which option it was.
    /// </summary>
    private static void CheckWords(ParseResult call)
    {
        foreach (SymbolResult result in call.CommandResult.Children)
        {
            (string name, string? value, bool isRequired) = result switch
            {
                ArgumentResult { Argument: Argument argument } => (argument.Name, null, argument.Arity.MinimumNumberOfValues > 0),
                OptionResult { Option: Option option } => (option.Name, option.HelpName, false),
                _ => ("", null, false),
            };
            if (result is not OptionResult { Option: TextOption } && result.Tokens.Any(token => token.Value.Length == 0))
                throw new UsageException(
                    $"{name} is empty: give a value{(value is null ? "" : $" ({value})")}{(isRequired ? "" : ", or leave it out")}.");
            if (result.Tokens.Any(token => token.Value.Contains('\0', StringComparison.Ordinal)))
                throw new UsageException($"{name} has a NUL character: remove it.");
        }
    }

    private static void NoteDecimalCommas(ParseResult call, TextWriter error)
    {
        if (call.GetValue(GlobalOptions.Quiet)) return;
        foreach (NumberListOption option in call.CommandResult.Command.Options.OfType<NumberListOption>())
            if (option.NoteOn(call) is string note) error.WriteLine(note);
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

using System.CommandLine;
using System.CommandLine.Parsing;
using Aphorist.Text;

namespace Aphorist.Cli.CommandLine;

/// <summary>Reports what is wrong with a call that cannot be parsed.</summary>
internal static class UsageErrorReport
{
    public static int Write(ParseResult call, TextWriter error)
    {
        error.WriteLine($"aphorist: {ErrorReport.Plain(MessageOf(call))}");
        error.WriteLine($"Try '{CommandHelp.CallOf(call.CommandResult.Command)} --help'.");
        return ExitCode.WrongCall;
    }

    /// <summary>
    /// Chooses the problem to report. An unknown option makes its value and the following words look wrong too, so it comes first.
    /// </summary>
    private static string MessageOf(ParseResult call)
    {
        if (StrayOption(call) is string option) return Unknown(option, call.CommandResult.Command);
        string? stray = call.UnmatchedTokens.OrderByDescending(word => word.StartsWith('-')).FirstOrDefault();
        bool isAfterOptions = call.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Any(token => token.Value == stray);
        return stray is null ? Sentence(call.Errors[0])
            : isAfterOptions ? OneTooMany(stray)
            : Unknown(stray, call.CommandResult.Command);
    }

    /// <summary>
    /// Finds a mistyped option, which the parser takes for an argument; null if there is none. A file whose name begins with a dash comes
    /// after --, or is written ./-name.
    /// </summary>
    public static string? StrayOption(ParseResult call)
    {
        Token? end = call.Tokens.FirstOrDefault(token => token.Type == TokenType.DoubleDash);
        IEnumerable<Token> words = end is null ? call.Tokens : call.Tokens.TakeWhile(token => token != end);
        HashSet<Token> arguments = new(
            call.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens),
            ReferenceEqualityComparer.Instance);
        return words.FirstOrDefault(token => token.Value is ['-', _, ..] && arguments.Contains(token))?.Value;
    }

    private static string Sentence(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0, Option: Option option } => $"{option.Name} needs a value: {option.HelpName}.",
        ArgumentResult { Tokens.Count: 0, Argument: Argument argument, Parent: CommandResult { Command: Command command } } =>
            $"'{argument.Name}' is missing. Usage: {CommandHelp.UsageOf(command)} [options]",
        _ => string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
    };

    /// <summary>Reports a word that is neither an option nor a command, with the nearest one that exists.</summary>
    public static string Unknown(string word, Command command)
    {
        bool isOption = word.StartsWith('-');
        IEnumerable<string> names = isOption ? OptionsOf(command) : command.Subcommands.Where(one => !one.Hidden).Select(one => one.Name);
        string hint = NearestName.To(word, names) is string nearest ? $" Did you mean '{nearest}'?" : "";
        return isOption ? $"There is no option '{word}'.{hint}"
            : command.Subcommands.Count > 0 ? $"There is no command '{word}'.{hint}"
            : OneTooMany(word);
    }

    private static string OneTooMany(string word) => $"'{word}' is one word too many. Put quotes around a value with spaces.";

    private static IEnumerable<string> OptionsOf(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options).Where(option => option.Recursive))
            .Select(option => option.Name);
}

/// <summary>A call that parses but contradicts itself or asks for something that does not exist.</summary>
internal sealed class UsageException(string message) : Exception(message);

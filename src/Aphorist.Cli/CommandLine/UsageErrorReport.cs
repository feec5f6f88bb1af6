using System.CommandLine;
using System.CommandLine.Parsing;
using Aphorist.Text;

namespace Aphorist.Cli.CommandLine;

/// <summary>Reports what is wrong with a call that cannot be parsed.</summary>
internal static class UsageErrorReport
{
    public static int Write(ParseResult call, TextWriter error)
    {
        error.WriteLine($"aphorist: {string.Join(error.NewLine, MessagesOf(call).Select(ErrorReport.Plain))}");
        error.WriteLine($"Try '{CommandHelp.CallOf(call.CommandResult.Command)} --help'.");
        return ExitCode.WrongCall;
    }

    /// <summary>
    /// Chooses the problems to report. Unknown options make their values and the following words look wrong too, so they come first, and
    /// together: a call in the style of another program can have many.
    /// </summary>
    private static IEnumerable<string> MessagesOf(ParseResult call)
    {
        Command command = call.CommandResult.Command;
        string[] strays = [.. StrayOptions(call)];
        if (strays.Length > 0) return strays.Select(option => Unknown(option, command));
        string? stray = call.UnmatchedTokens is [string first, ..] ? first : null;
        bool isAfterOptions = call.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Any(token => token.Value == stray);
        return [stray is null ? Sentence(call.Errors[0]) : isAfterOptions ? OneTooMany(stray) : Unknown(stray, command)];
    }

    /// <summary>
    /// Finds unknown options, which the parser takes for arguments, or for words too many. A file whose name begins with a dash comes after
    /// --, or is written ./-name.
    /// </summary>
    public static IEnumerable<string> StrayOptions(ParseResult call)
    {
        HashSet<Token> arguments = new(
            call.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens),
            ReferenceEqualityComparer.Instance);
        return call.Tokens
            .TakeWhile(token => token.Type != TokenType.DoubleDash)
            .Where(token => token.Value is ['-', _, ..] && (arguments.Contains(token) || call.UnmatchedTokens.Contains(token.Value)))
            .Select(token => token.Value)
            .Distinct();
    }

    private static string Sentence(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0, Option: Option option } => $"{option.Name} needs a value: {option.HelpName}.",
        ArgumentResult { Tokens.Count: 0, Argument: Argument argument, Parent: CommandResult { Command: Command command } } =>
            $"'{argument.Name}' is missing. Usage: {CommandHelp.UsageOf(command)} [options]",
        _ => string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
    };

    /// <summary>Reports a word that is neither an option nor a command, with what was probably meant.</summary>
    public static string Unknown(string word, Command command)
    {
        if (word.StartsWith('-')) return UnknownOption(OptionWords.Split(word).Name, command);
        IEnumerable<string> names = command.Subcommands.Where(one => !one.Hidden).Select(one => one.Name);
        return command.Subcommands.Count > 0 ? $"There is no command '{word}'.{Suggestion(word, names)}" : OneTooMany(word);
    }

    private static string UnknownOption(string word, Command command)
    {
        Option[] options = [.. OptionWords.Of(command)];
        string[] names = [.. options.Select(option => option.Name)];
        if (names.Contains(word)) return $"'{word}' is an option of '{command.Name}': write it after that word.";
        string plain = OptionWords.Plain(word);
        string? off = options.OfType<ChoiceOption<bool>>().FirstOrDefault(option => $"--{plain}" == $"--no-{option.Name[2..]}")?.Name;
        return FamiliarNames.HintOn(plain, [.. names, .. command.Arguments.Select(argument => argument.Name)]) is string hint
            ? $"There is no option '{word}'. {hint}"
            : off is not null ? $"There is no option '{word}'. Write '{off} false'."
            : $"There is no option '{word}'.{Suggestion(word, names)}";
    }

    private static string Suggestion(string word, IEnumerable<string> names) =>
        NearestName.To(word, names) is string nearest ? $" Did you mean '{nearest}'?" : "";

    private static string OneTooMany(string word) => $"'{word}' is one word too many. Put quotes around a value with spaces.";
}

/// <summary>A call that parses but contradicts itself or asks for something that does not exist.</summary>
internal sealed class UsageException(string message) : Exception(message);

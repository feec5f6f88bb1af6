using System.CommandLine;
using System.CommandLine.Parsing;
using Aphorist.Text;

namespace Aphorist.Cli.CommandLine;

/// <summary>Reports what is wrong with a call that cannot be parsed.</summary>
internal static class UsageErrorReport
{
    private const string NoSuchOption = "There is no option";

    public static int Write(ParseResult call, TextWriter error)
    {
        error.WriteLine($"aphorist: {MessageOf(call)}");
        error.WriteLine($"Try '{CommandHelp.CallOf(call.CommandResult.Command)} --help'.");
        return ExitCode.WrongCall;
    }

    /// <summary>
    /// Chooses the problem to report. An unknown option makes its value and the following words look wrong too, so it comes first.
    /// </summary>
    private static string MessageOf(ParseResult call)
    {
        ParseError? unknownOption = call.Errors.FirstOrDefault(error => error.Message.StartsWith(NoSuchOption, StringComparison.Ordinal));
        if (unknownOption is not null) return unknownOption.Message;
        string? stray = call.UnmatchedTokens.OrderByDescending(word => word.StartsWith('-')).FirstOrDefault();
        return stray is not null ? Unknown(stray, call.CommandResult.Command) : Sentence(call.Errors[0]);
    }

    private static string Sentence(ParseError error) =>
        error.SymbolResult is OptionResult { Tokens.Count: 0, Option: Option option }
            ? $"{option.Name} needs a value: {option.HelpName}."
            : string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Reports a word that is neither an option nor a command, with the nearest one that exists.</summary>
    public static string Unknown(string word, Command command)
    {
        bool isOption = word.StartsWith('-');
        IEnumerable<string> names = isOption ? OptionsOf(command) : command.Subcommands.Where(one => !one.Hidden).Select(one => one.Name);
        string hint = NearestName.To(word, names) is string nearest ? $" Did you mean '{nearest}'?" : "";
        return isOption ? $"{NoSuchOption} '{word}'.{hint}"
            : command.Subcommands.Count > 0 ? $"There is no command '{word}'.{hint}"
            : $"'{word}' is one word too many. Put quotes around a value with spaces.";
    }

    private static IEnumerable<string> OptionsOf(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options).Where(option => option.Recursive))
            .Select(option => option.Name);
}

/// <summary>A call that parses but contradicts itself or asks for something that does not exist.</summary>
internal sealed class UsageException(string message) : Exception(message);

using System.CommandLine;
using System.CommandLine.Parsing;
using Aphorist.Text;

namespace Aphorist.Cli.CommandLine;

/// <summary>Tells what is wrong with a call that could not be parsed.</summary>
internal static class WrongCallReport
{
    public static int Write(ParseResult call, TextWriter error)
    {
        foreach (string message in call.Errors.Select(Sentence).Distinct()) error.WriteLine($"aphorist: {message}");
        error.WriteLine($"Try '{PathOf(call.CommandResult)} --help'.");
        return ExitCode.WrongCall;

        string Sentence(ParseError problem) => IsStrayWord(call, problem) is string word
            ? Unknown(word, call.CommandResult.Command)
            : problem.Message.ReplaceLineEndings(" ");
    }

    /// <summary>The sentence for a word that is neither an option nor a command, with the nearest one that exists.</summary>
    public static string Unknown(string word, Command command)
    {
        bool isOption = word.StartsWith('-');
        IEnumerable<string> names = isOption ? OptionsOf(command) : command.Subcommands.Where(one => !one.Hidden).Select(one => one.Name);
        string kind = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        string hint = NearestName.To(word, names) is string nearest ? $" Did you mean '{nearest}'?" : "";
        return $"There is no {kind} '{word}'.{hint}";
    }

    private static string? IsStrayWord(ParseResult call, ParseError problem) =>
        call.UnmatchedTokens.FirstOrDefault(word => problem.Message.Contains($"'{word}'", StringComparison.Ordinal));

    private static IEnumerable<string> OptionsOf(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options).Where(option => option.Recursive))
            .Select(option => option.Name);

    private static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "aphorist";
}

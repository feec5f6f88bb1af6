using System.CommandLine;
using System.Globalization;

namespace Aphorist.Cli.CommandLine;

/// <summary>
/// Completes an option, or its value after an equals sign, such as <c>--gates=ha</c>. The parser completes all else: it does not know
/// equals signs, and offers no options after one that takes a value.
/// </summary>
internal static class Suggestions
{
    private const string Directive = "[suggest:";

    /// <summary>The words to offer; null if the call does not ask for the completion of an option.</summary>
    public static IEnumerable<string>? For(string[] arguments)
    {
        if (arguments is not [['[', .., ']'] directive, string line]) return null;
        if (!directive.StartsWith(Directive, StringComparison.Ordinal)) return null;
        if (!int.TryParse(directive[Directive.Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int position)) return null;
        string typed = line[..Math.Min(position, line.Length)], word = typed[(typed.LastIndexOf(' ') + 1)..];
        if (!word.StartsWith('-')) return null;
        RootCommand root = AphoristCommand.Create();
        // The options before it do not matter.
        string call = $"{CommandHelp.CallOf(root.Parse(typed).CommandResult.Command)} {word}", option = "";
        if (word.IndexOf('=', StringComparison.Ordinal) is >= 0 and int equals)
            (option, call) = (word[..(equals + 1)], $"{call[..^word.Length]}{word[..equals]} {word[(equals + 1)..]}");
        return root.Parse(call).GetCompletions(call.Length).Select(item => option + item.Label);
    }
}

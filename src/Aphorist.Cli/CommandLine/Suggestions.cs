using System.Globalization;

namespace Aphorist.Cli.CommandLine;

/// <summary>Completes the value of an option after an equals sign, such as <c>--gates=ha</c>. The parser completes all else.</summary>
internal static class Suggestions
{
    private const string Directive = "[suggest:";

    /// <summary>The words to offer; null if the call does not ask for the completion of such a value.</summary>
    public static IEnumerable<string>? For(string[] arguments)
    {
        if (arguments is not [['[', .., ']'] directive, string line]) return null;
        if (!directive.StartsWith(Directive, StringComparison.Ordinal)) return null;
        if (!int.TryParse(directive[Directive.Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int position)) return null;
        string typed = line[..Math.Min(position, line.Length)];
        int start = typed.LastIndexOf(' ') + 1, equals = typed.IndexOf('=', start);
        if (equals < 0 || !typed[start..].StartsWith("--", StringComparison.Ordinal)) return null;
        string separated = $"{typed[..equals]} {typed[(equals + 1)..]}", option = typed[start..equals];
        return AphoristCommand.Create().Parse(separated).GetCompletions(separated.Length).Select(item => $"{option}={item.Label}");
    }
}

namespace Aphorist.Cli.Commands.Play;

/// <summary>What the keys do, the most important first.</summary>
internal static class PlayLegend
{
    private static readonly string[] Hints =
        ["Tab takes", "Esc leaves", "→ token", "^F word", "^E line", "^G goes on", "^Z undoes", "↑↓ select", "Alt-1..9 takes one", "PgUp/PgDn temperature", "^S saves"];

    public static string[] WhileWriting { get; } = ["Any key stops", "PgUp/PgDn temperature", "Ctrl-C leaves"];

    public static IEnumerable<string> WhileTyping(bool hasUnicode) =>
        hasUnicode ? Hints : Hints.Select(hint => hint.Replace("→", "Right", StringComparison.Ordinal).Replace("↑↓", "Up/Down", StringComparison.Ordinal));
}

using System.Globalization;
using Aphorist.Cli.Terminal;
using Aphorist.Text;
using Spectre.Console;

namespace Aphorist.Cli.Commands.Play;

/// <summary>What the screen shows.</summary>
internal sealed record PlayView
{
    public required PlayText Text { get; init; }

    public required IReadOnlyList<Suggestion> Suggestions { get; init; }

    public required int Selected { get; init; }

    public required double Temperature { get; init; }

    public required string Message { get; init; }

    public required bool IsGenerating { get; init; }

    public static PlayView Of(PlaySession session) => new()
    {
        Text = session.Text,
        Suggestions = session.IsGenerating ? [] : session.Suggestions,
        Selected = session.Selected,
        Temperature = session.Temperature,
        Message = session.Message,
        IsGenerating = session.IsGenerating,
    };
}

/// <summary>A part of a line in one style. No information depends on the style alone.</summary>
internal readonly record struct StyledText(string Text, Style Style);

/// <summary>The lines of the screen, and the cursor's position, from 0.</summary>
internal sealed record PlayFrame(IReadOnlyList<StyledText[]> Lines, int CursorRow, int CursorColumn);

/// <summary>Draws the text, the suggestions below it, and the keys below those, for a terminal of any size.</summary>
internal sealed class PlayScreen(bool hasUnicode)
{
    private const int MinimumRowsForKeys = 8, MinimumRowsForTwoLinesOfKeys = 14;
    private const int PercentColumns = 7, MaximumBarColumns = 20, MaximumWordColumns = 24;

    private static readonly Style Typed = Style.Plain, Generated = new(Color.Teal), Selected = new(decoration: Decoration.Bold);
    private static readonly Style Faint = new(decoration: Decoration.Dim), Message = new(Color.Olive), Bar = new(Color.Green);

    private static readonly string[] KeysWhileGenerating = ["Any key stops", "PgUp/PgDn temperature", "Ctrl-C quits"];

    // The most important first.
    private readonly string[] keys =
    [
        "Tab accepts", "Esc quits", $"{(hasUnicode ? "→" : "Right")} token", "^F word", "^E line", "^G generates", "^Z undoes",
        $"{(hasUnicode ? "↑↓" : "Up/Down")} select", "Alt-1..9 accepts", "PgUp/PgDn temperature", "^S saves",
    ];

    /// <summary>Draws a frame.</summary>
    public PlayFrame Draw(PlayView view, int columns, int rows)
    {
        List<StyledText[]> help = KeyLines(view, columns, rows);
        int suggestions = Math.Clamp((rows - 2) / 2, 0, SuggestionSearch.MaximumResults);
        int textRows = Math.Max(rows - help.Count - 1 - suggestions, 1);
        // The last column stays free for the cursor.
        IReadOnlyList<IReadOnlyList<TextWrapping.Cell>> text = TextWrapping.LastLines(view.Text, Math.Max(columns - 1, 1), textRows);
        List<StyledText[]> lines = [.. text.Select(TextLine), .. Enumerable.Repeat<StyledText[]>([], textRows - text.Count)];
        lines.Add(StatusLine(view, columns, hasKeys: help.Count > 0));
        string begun = WordEnds.LastWord(view.Text.ToString()).TrimStart(' ');
        for (int number = 0; number < suggestions; number++)
            lines.Add(number < view.Suggestions.Count ? SuggestionLine(view, number, begun, columns) : []);
        lines.AddRange(help);
        int column = Math.Min(text[^1].Sum(cell => cell.Columns), columns - 1);
        return new([.. lines.Take(rows)], text.Count - 1, column);
    }

    private static StyledText[] TextLine(IReadOnlyList<TextWrapping.Cell> cells)
    {
        List<StyledText> line = [];
        for (int start = 0, end; start < cells.Count; start = end)
        {
            bool isGenerated = cells[start].IsGenerated;
            for (end = start; end < cells.Count && cells[end].IsGenerated == isGenerated;) end++;
            string part = string.Concat(cells.Skip(start).Take(end - start).Select(cell => cell.DisplayText));
            line.Add(new(part, isGenerated ? Generated : Typed));
        }

        return [.. line];
    }

    /// <summary>A rule with the temperature and a message, or as many hints as fit.</summary>
    private StyledText[] StatusLine(PlayView view, int columns, bool hasKeys)
    {
        string rule = hasUnicode ? "─" : "-";
        string line = string.Create(CultureInfo.InvariantCulture, $"{rule} t {view.Temperature:0.0#} ");
        bool hasMessage = view.Message.Length > 0;
        IEnumerable<string> hints = hasMessage && !view.IsGenerating ? [] : StatusHints(view.IsGenerating, hasKeys);
        if (hasMessage && !view.IsGenerating) line = TextColumns.Fit($"{line}{rule} {view.Message} ", columns);
        foreach (string hint in hints.Where(hint => line.Length + hint.Length + 2 <= columns)) line += $"{rule} {hint} ";
        string rest = string.Concat(Enumerable.Repeat(rule, Math.Max(columns - TextColumns.Count(line), 0)));
        return [new(TextColumns.Fit(line, columns), hasMessage ? Message : Faint), new(rest, Faint)];
    }

    private static string[] StatusHints(bool isGenerating, bool hasKeys) => (isGenerating, hasKeys) switch
    {
        (true, _) => ["generating", "any key stops"],
        (false, true) => [],
        (false, false) => ["Esc quits", "Tab accepts", "^G generates"],
    };

    private StyledText[] SuggestionLine(PlayView view, int number, string begun, int columns)
    {
        (string text, double probability) = view.Suggestions[number];
        bool isSelected = number == view.Selected;
        string front = $"{(isSelected ? ">" : " ")}{number + 1} ";
        int left = columns - front.Length, wordColumns = Math.Clamp(left - PercentColumns, 1, MaximumWordColumns);
        string word = TextColumns.Pad(DisplayText(begun, text), Math.Min(wordColumns, left));
        string percent = TextColumns.Fit(
            string.Create(CultureInfo.InvariantCulture, $"{100 * probability,5:F1} %"), Math.Max(left - wordColumns, 0));
        string bar = ProbabilityBar(probability, Math.Min(left - wordColumns - PercentColumns - 1, MaximumBarColumns));
        return [new(front + word, isSelected ? Selected : Style.Plain), new(percent, Faint), new(bar, Bar)];
    }

    /// <summary>A suggestion, with the beginning of the word that it completes. Spaces are visible.</summary>
    private string DisplayText(string begun, string suggestion)
    {
        string text = VisibleText.Of((WordEnds.IsWithinWord(suggestion[..1]) ? begun : "") + suggestion);
        return hasUnicode ? text : text.Replace('␣', '_');
    }

    private string ProbabilityBar(double probability, int columns)
    {
        int eighths = (int)Math.Round(8 * probability * Math.Max(columns, 0));
        if (!hasUnicode) return eighths < 4 ? "" : " " + new string('#', (eighths + 4) / 8);
        string end = eighths % 8 == 0 ? "" : ((char)('█' + 8 - eighths % 8)).ToString();
        return eighths == 0 ? "" : " " + new string('█', eighths / 8) + end;
    }

    /// <summary>The keys. There are as many lines while the model generates, so that the text does not move.</summary>
    private List<StyledText[]> KeyLines(PlayView view, int columns, int rows)
    {
        if (rows < MinimumRowsForKeys) return [];
        List<string> lines = FillLines(keys, columns, rows < MinimumRowsForTwoLinesOfKeys ? 1 : 2);
        if (view.IsGenerating) lines = [.. FillLines(KeysWhileGenerating, columns, 1), .. lines.Skip(1).Select(_ => "")];
        return [.. lines.Select(line => (StyledText[])[new(line, Faint)])];
    }

    /// <summary>Puts as many hints as fit into a number of lines.</summary>
    private static List<string> FillLines(IEnumerable<string> hints, int columns, int maximum)
    {
        List<string> lines = [""];
        foreach (string hint in hints)
        {
            string longer = lines[^1].Length == 0 ? hint : $"{lines[^1]}  {hint}";
            if (TextColumns.Count(longer) < columns) lines[^1] = longer;
            else if (lines.Count < maximum) lines.Add(TextColumns.Fit(hint, columns));
            else break;
        }

        return lines;
    }
}

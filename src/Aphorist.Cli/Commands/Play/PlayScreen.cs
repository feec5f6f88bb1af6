using System.Globalization;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Play;

/// <summary>Draws the text, below it what may come next, and below that what the keys do, in a terminal of any size.</summary>
internal sealed class PlayScreen(ScreenStyle style)
{
    private const int RowsWithoutLegend = 8;
    private const int RowsForTwoLinesOfLegend = 14;
    private const int PercentColumns = 7;
    private const int LongestBar = 20;
    private const int WidestWord = 24;

    /// <summary>The picture for a terminal of this size.</summary>
    public PlayPicture Draw(PlayView view, int columns, int rows)
    {
        List<string> legend = Legend(view, columns, rows);
        int suggestions = SuggestionsIn(rows), textRows = Math.Max(rows - legend.Count - 1 - suggestions, 1);
        // The last column stays free for the cursor.
        IReadOnlyList<IReadOnlyList<TextWrapping.Cell>> text = TextWrapping.Last(view.Text, Math.Max(columns - 1, 1), textRows);
        List<string> lines = [.. text.Select(Line), .. Enumerable.Repeat("", textRows - text.Count), Status(view, columns, hasLegend: legend.Count > 0)];
        string begun = WordEnds.LastWord(view.Text.ToString()).TrimStart(' ');
        for (int number = 0; number < suggestions; number++) lines.Add(number < view.Suggestions.Count ? SuggestionLine(view, number, begun, columns) : "");
        lines.AddRange(legend);
        int column = Math.Min(text[^1].Sum(cell => cell.Columns), columns - 1);
        return new([.. lines.Take(rows)], text.Count - 1, column);
    }

    private static int SuggestionsIn(int rows) => Math.Clamp((rows - 2) / 2, 0, SuggestionSearch.Wanted);

    private string Line(IReadOnlyList<TextWrapping.Cell> cells)
    {
        InkLine line = new(style.HasColors);
        for (int start = 0, end; start < cells.Count; start = end)
        {
            bool isWritten = cells[start].IsWritten;
            for (end = start; end < cells.Count && cells[end].IsWritten == isWritten;) end++;
            line.Add(string.Concat(cells.Skip(start).Take(end - start).Select(cell => cell.Shown)), isWritten ? Ink.Written : Ink.Plain);
        }

        return line.ToString();
    }

    /// <summary>The temperature and what is to be told; of several things as many as fit.</summary>
    private string Status(PlayView view, int columns, bool hasLegend)
    {
        string rule = style.HasUnicode ? "─" : "-";
        string line = string.Create(CultureInfo.InvariantCulture, $"{rule} t {view.Temperature:0.0#} ");
        if (view.Note.Length > 0 && !view.IsWriting) line = TextColumns.Fit($"{line}{rule} {view.Note} ", columns);
        else foreach (string told in Told(view.IsWriting, hasLegend).Where(told => line.Length + told.Length + 2 <= columns)) line += $"{rule} {told} ";
        string rest = string.Concat(Enumerable.Repeat(rule, Math.Max(columns - TextColumns.Of(line), 0)));
        return new InkLine(style.HasColors).Add(TextColumns.Fit(line, columns), view.Note.Length == 0 ? Ink.Faint : Ink.Note).Add(rest, Ink.Faint).ToString();
    }

    private static string[] Told(bool isWriting, bool hasLegend) => (isWriting, hasLegend) switch
    {
        (true, _) => ["writing", "any key stops"],
        (false, true) => [],
        (false, false) => ["Esc leaves", "Tab takes", "^G goes on"],
    };

    private string SuggestionLine(PlayView view, int number, string begun, int columns)
    {
        (string text, double probability) = view.Suggestions[number];
        bool isSelected = number == view.Selected;
        string front = $"{(isSelected ? ">" : " ")}{number + 1} ";
        int left = columns - front.Length, wordColumns = Math.Clamp(left - PercentColumns, 1, WidestWord);
        string word = TextColumns.Pad(Shown(begun, text), Math.Min(wordColumns, left));
        string percent = TextColumns.Fit(string.Create(CultureInfo.InvariantCulture, $"{100 * probability,5:F1} %"), Math.Max(left - wordColumns, 0));
        string bar = Bar(probability, Math.Min(left - wordColumns - PercentColumns - 1, LongestBar));
        return new InkLine(style.HasColors).Add(front + word, isSelected ? Ink.Chosen : Ink.Plain).Add(percent, Ink.Faint).Add(bar, Ink.Bar).ToString();
    }

    /// <summary>A suggestion with the word that it ends; its spaces can be seen.</summary>
    private string Shown(string begun, string suggestion)
    {
        string shown = VisibleText.Of((WordEnds.IsWithinWord(suggestion[..1]) ? begun : "") + suggestion);
        return style.HasUnicode ? shown : shown.Replace('␣', '_');
    }

    private string Bar(double probability, int columns)
    {
        int eighths = (int)Math.Round(8 * probability * Math.Max(columns, 0));
        if (!style.HasUnicode) return eighths < 4 ? "" : " " + new string('#', (eighths + 4) / 8);
        string end = eighths % 8 == 0 ? "" : ((char)('█' + 8 - eighths % 8)).ToString();
        return eighths == 0 ? "" : " " + new string('█', eighths / 8) + end;
    }

    /// <summary>The legend; it has as many lines while the model writes, so that nothing jumps.</summary>
    private List<string> Legend(PlayView view, int columns, int rows)
    {
        if (rows < RowsWithoutLegend) return [];
        int most = rows < RowsForTwoLinesOfLegend ? 1 : 2;
        List<string> lines = Break(PlayLegend.WhileTyping(style.HasUnicode), columns, most);
        if (view.IsWriting) lines = [.. Break(PlayLegend.WhileWriting, columns, 1), .. lines.Skip(1).Select(_ => "")];
        return [.. lines.Select(line => new InkLine(style.HasColors).Add(line, Ink.Faint).ToString())];
    }

    /// <summary>As many of the hints as fit into so many lines.</summary>
    private static List<string> Break(IEnumerable<string> hints, int columns, int most)
    {
        List<string> lines = [""];
        foreach (string hint in hints)
        {
            string longer = lines[^1].Length == 0 ? hint : $"{lines[^1]}  {hint}";
            if (TextColumns.Of(longer) < columns) lines[^1] = longer;
            else if (lines.Count < most) lines.Add(TextColumns.Fit(hint, columns));
            else break;
        }

        return lines;
    }
}

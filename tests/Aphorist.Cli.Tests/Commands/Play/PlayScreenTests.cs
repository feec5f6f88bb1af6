using Aphorist.Cli.Commands.Play;
using Aphorist.Cli.Terminal;
using Spectre.Console;

namespace Aphorist.Cli.Tests.Commands.Play;

public sealed class PlayScreenTests
{
    private static readonly Suggestion[] Words = [new(" cat", 0.5), new("n", 0.25), new("\n", 0.07)];

    [Fact]
    public void Draw_UsualTerminal_ShowsTextSuggestionsAndLegend()
    {
        PlayFrame frame = Draw(View("so the", " old"), 80, 24);

        Assert.Equal(24, frame.Lines.Count);
        Assert.Equal("so the old", Lines(frame)[0]);
        Assert.Equal((0, 10), (frame.CursorRow, frame.CursorColumn));
        Assert.StartsWith("─ t 0.8 ───", Lines(frame)[12], StringComparison.Ordinal);
        Assert.Equal(80, Lines(frame)[12].Length);
        Assert.Equal(">1 ␣cat                     50.0 % " + new string('█', 10), Lines(frame)[13]);
        // A suggestion that completes a word is shown with its beginning.
        Assert.Equal(" 2 oldn                     25.0 % █████", Lines(frame)[14]);
        Assert.Equal(" 3 \\n                        7.0 % █▍", Lines(frame)[15]);
        Assert.Contains("Tab accepts", Lines(frame)[22], StringComparison.Ordinal);
        Assert.Contains("^S saves", Lines(frame)[23], StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_SmallTerminal_ShowsTheEndOfTheText()
    {
        PlayFrame frame = Draw(View("the first words and the second ones\nthen", " the last"), 20, 6);

        Assert.Equal(
            ["the second ones", "then the last", "─ t 0.8 ─ Esc quits ", ">1 ␣cat       50.0 %", " 2 lastn      25.0 %"],
            Lines(frame).Skip(1));
        Assert.Equal((2, 13), (frame.CursorRow, frame.CursorColumn));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(20, 6)]
    [InlineData(31, 13)]
    [InlineData(200, 60)]
    public void Draw_AnySize_StaysWithin(int columns, int rows)
    {
        foreach (bool isWriting in new[] { false, true })
        {
            PlayView view = View(
                "一二三四五六七八九十百千 a-word-that-is-longer-than-a-line-of-some-terminals", " 一二三四五六七八九十") with
            {
                Message = "The model does not know 中.",
                IsGenerating = isWriting,
            };
            PlayFrame frame = Draw(view, columns, rows);

            Assert.Equal(rows, frame.Lines.Count);
            // A wide character does not fit into a terminal of one column.
            Assert.All(Lines(frame), line => Assert.InRange(TextColumns.Count(line), 0, Math.Max(columns, 2)));
            Assert.InRange(frame.CursorRow, 0, rows - 1);
            Assert.InRange(frame.CursorColumn, 0, columns - 1);
        }
    }

    [Fact]
    public void Draw_WideCharacters_TakeTwoColumns()
    {
        PlayFrame frame = Draw(View("一二三四五六七八九十", ""), 12, 10);

        Assert.Equal(["一二三四五", "六七八九十"], Lines(frame).Take(2));
        Assert.Equal((1, 10), (frame.CursorRow, frame.CursorColumn));
    }

    [Fact]
    public void Draw_MarksAndControls_AreCountedAndSeen()
    {
        PlayFrame frame = Draw(View("e\u0301\tx", ""), 80, 24);

        Assert.Equal("e\u0301\\tx", Lines(frame)[0]);
        Assert.Equal(4, frame.CursorColumn);
    }

    [Fact]
    public void Draw_TypedAndGeneratedText_HasDifferentStyles()
    {
        PlayFrame frame = Draw(View("so the", " old"), 80, 24);

        Assert.Equal([new StyledText("so the", Style.Plain), new StyledText(" old", new Style(Color.Teal))], frame.Lines[0]);
        Assert.Equal(new Style(decoration: Decoration.Bold), frame.Lines[13][0].Style);
        Assert.StartsWith(">1 ␣cat", frame.Lines[13][0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_WithoutUnicode_ShowsAsciiOnly()
    {
        PlayFrame frame = new PlayScreen(hasUnicode: false).Draw(View("so the", " old"), 80, 24);

        Assert.All(Lines(frame), line => Assert.All(line, unit => Assert.InRange(unit, ' ', '~')));
        Assert.Equal(">1 _cat                     50.0 % ##########", Lines(frame)[13]);
    }

    [Fact]
    public void Draw_WhileGenerating_SaysHowToStop()
    {
        PlayFrame frame = Draw(View("so", "") with { IsGenerating = true, Suggestions = [] }, 80, 24);

        Assert.StartsWith("─ t 0.8 ─ generating ─ any key stops ", Lines(frame)[12], StringComparison.Ordinal);
        Assert.StartsWith("Any key stops", Lines(frame)[22], StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_Message_IsShown() =>
        Assert.StartsWith(
            "─ t 0.8 ─ Saved to x.txt. ──",
            Lines(Draw(View("so", "") with { Message = "Saved to x.txt." }, 80, 24))[12],
            StringComparison.Ordinal);

    private static string[] Lines(PlayFrame frame) => [.. frame.Lines.Select(line => string.Concat(line.Select(part => part.Text)))];

    private static PlayFrame Draw(PlayView view, int columns, int rows) => new PlayScreen(hasUnicode: true).Draw(view, columns, rows);

    private static PlayView View(string typed, string written) => new()
    {
        Text = PlayText.Empty.Append(typed, isGenerated: false).Append(written, isGenerated: true),
        Suggestions = Words,
        Selected = 0,
        Temperature = 0.8,
        Message = "",
        IsGenerating = false,
    };
}

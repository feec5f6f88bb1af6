using Aphorist.Cli.Commands.Play;

namespace Aphorist.Cli.Tests.Commands.Play;

public sealed class PlayScreenTests
{
    private static readonly Suggestion[] Words = [new(" cat", 0.5), new("n", 0.25), new("\n", 0.07)];

    [Fact]
    public void Draw_UsualTerminal_ShowsTextSuggestionsAndLegend()
    {
        PlayPicture picture = Draw(View("so the", " old"), 80, 24);

        Assert.Equal(24, picture.Lines.Count);
        Assert.Equal("so the old", picture.Lines[0]);
        Assert.Equal((0, 10), (picture.CursorRow, picture.CursorColumn));
        Assert.StartsWith("─ t 0.8 ───", picture.Lines[12], StringComparison.Ordinal);
        Assert.Equal(80, picture.Lines[12].Length);
        Assert.Equal(">1 ␣cat                     50.0 % " + new string('█', 10), picture.Lines[13]);
        // What is begun is shown with its end.
        Assert.Equal(" 2 oldn                     25.0 % █████", picture.Lines[14]);
        Assert.Equal(" 3 \\n                        7.0 % █▍", picture.Lines[15]);
        Assert.Contains("Tab takes", picture.Lines[22], StringComparison.Ordinal);
        Assert.Contains("^S saves", picture.Lines[23], StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_SmallTerminal_ShowsTheEndOfTheText()
    {
        PlayPicture picture = Draw(View("the first words and the second ones\nthen", " the last"), 20, 6);

        Assert.Equal(
            ["the second ones", "then the last", "─ t 0.8 ─ Esc leaves", ">1 ␣cat       50.0 %", " 2 lastn      25.0 %"],
            picture.Lines.Skip(1));
        Assert.Equal((2, 13), (picture.CursorRow, picture.CursorColumn));
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
            PlayView view = View("一二三四五六七八九十百千 a-word-that-is-longer-than-a-line-of-some-terminals", " 一二三四五六七八九十") with
            {
                Note = "The model does not know 中.",
                IsWriting = isWriting,
            };
            PlayPicture picture = Draw(view, columns, rows);

            Assert.Equal(rows, picture.Lines.Count);
            // Of a terminal of one column, nobody expects Chinese.
            Assert.All(picture.Lines, line => Assert.InRange(TextColumns.Of(line), 0, Math.Max(columns, 2)));
            Assert.InRange(picture.CursorRow, 0, rows - 1);
            Assert.InRange(picture.CursorColumn, 0, columns - 1);
        }
    }

    [Fact]
    public void Draw_WideCharacters_TakeTwoColumns()
    {
        PlayPicture picture = Draw(View("一二三四五六七八九十", ""), 12, 10);

        Assert.Equal(["一二三四五", "六七八九十"], picture.Lines.Take(2));
        Assert.Equal((1, 10), (picture.CursorRow, picture.CursorColumn));
    }

    [Fact]
    public void Draw_MarksAndControls_AreCountedAndSeen()
    {
        PlayPicture picture = Draw(View("e\u0301\tx", ""), 80, 24);

        Assert.Equal("e\u0301\\tx", picture.Lines[0]);
        Assert.Equal(4, picture.CursorColumn);
    }

    [Fact]
    public void Draw_WithColors_TellsWhoWroteWhat()
    {
        PlayPicture picture = new PlayScreen(new(HasColors: true, HasUnicode: true)).Draw(View("so the", " old"), 80, 24);

        Assert.Equal("so the\u001b[36m old\u001b[m", picture.Lines[0]);
        Assert.StartsWith("\u001b[1m>1 ␣cat", picture.Lines[13], StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_WithoutUnicode_ShowsAsciiOnly()
    {
        PlayPicture picture = new PlayScreen(new(HasColors: false, HasUnicode: false)).Draw(View("so the", " old"), 80, 24);

        Assert.All(picture.Lines, line => Assert.All(line, unit => Assert.InRange(unit, ' ', '~')));
        Assert.Equal(">1 _cat                     50.0 % ##########", picture.Lines[13]);
    }

    [Fact]
    public void Draw_WhileWriting_SaysHowToStop()
    {
        PlayPicture picture = Draw(View("so", "") with { IsWriting = true, Suggestions = [] }, 80, 24);

        Assert.StartsWith("─ t 0.8 ─ writing ─ any key stops ", picture.Lines[12], StringComparison.Ordinal);
        Assert.StartsWith("Any key stops", picture.Lines[22], StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_Note_IsTold() =>
        Assert.StartsWith(
            "─ t 0.8 ─ Saved to x.txt. ──", Draw(View("so", "") with { Note = "Saved to x.txt." }, 80, 24).Lines[12],
            StringComparison.Ordinal);

    private static PlayPicture Draw(PlayView view, int columns, int rows) =>
        new PlayScreen(new(HasColors: false, HasUnicode: true)).Draw(view, columns, rows);

    private static PlayView View(string typed, string written) => new()
    {
        Text = PlayText.Empty.Append(typed, isWritten: false).Append(written, isWritten: true),
        Suggestions = Words,
        Selected = 0,
        Temperature = 0.8,
        Note = "",
        IsWriting = false,
    };
}

using System.Text;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Tests.Terminal;

public sealed class WordWrapTests
{
    private const string Mixed =
        "The fox said: \"Who are you?\"\n\n　　从前有一只小狐狸，住在山里。它说：「你好！」 e\u0301te\u0301 na\u0308ch incomprehensibilities   end \n";

    // The last column stays free, so the lines have at most 19 columns.
    private const int Columns = 20;

    [Theory]
    [InlineData("", "")]
    [InlineData("one", "one")]
    [InlineData("nineteen columns ab", "nineteen columns ab")]
    [InlineData("nineteen columns abc", "nineteen columns\nabc")]
    [InlineData("the cat sat on the mat and saw", "the cat sat on the\nmat and saw")]
    [InlineData("eighteen columns a   next", "eighteen columns a\nnext")]
    [InlineData("a\nb\n\nc", "a\nb\n\nc")]
    [InlineData("\n  two spaces", "\n  two spaces")]
    [InlineData("a  b   c", "a  b   c")]
    [InlineData("          incomprehensible", "incomprehensible")]
    [InlineData("tab\tcolumn 9 ab cd", "tab\tcolumn 9 ab\ncd")]
    [InlineData("don't (stop), please: go", "don't (stop),\nplease: go")]
    public void Of_Words_BreaksBetweenThem(string text, string expected) => Assert.Equal(expected, WordWrap.Of(text, Columns));

    [Fact]
    public void Of_WordLongerThanALine_BreaksWithinIt() =>
        Assert.Equal("a\n1234567890123456789\n0123 b", WordWrap.Of("a 12345678901234567890123 b", Columns));

    [Theory]
    [InlineData("从前有一只小狐狸住在山里", "从前有一只小狐狸住\n在山里")]
    // Punctuation does not begin a line, and a bracket does not end one.
    [InlineData("从前有一只小狐狸住，在山里", "从前有一只小狐狸\n住，在山里")]
    [InlineData("从前有一只小狐狸「住」在", "从前有一只小狐狸\n「住」在")]
    [InlineData("从前有 fox 一只小狐狸", "从前有 fox 一只小狐\n狸")]
    [InlineData("从前有一只小狐狸fox和", "从前有一只小狐狸fox\n和")]
    [InlineData("从前有一只小狐狸foxes", "从前有一只小狐狸\nfoxes")]
    [InlineData("　　从前有一只小狐狸住在山里", "　　从前有一只小狐\n狸住在山里")]
    public void Of_Chinese_BreaksBetweenAnyCharactersAndCountsTwoColumns(string text, string expected) =>
        Assert.Equal(expected, WordWrap.Of(text, Columns));

    [Theory]
    [InlineData("e\u0301\u0301e\u0301e\u0301e\u0301 e\u0301e\u0301e\u0301e\u0301 e\u0301e\u0301e\u0301e\u0301 abcd")]
    [InlineData("狐\u0301狐\u0301狐\u0301狐\u0301狐\u0301狐\u0301狐\u0301狐\u0301狐\u0301")]
    [InlineData("\u0301a \u0301b")]
    public void Of_CombiningMarks_TakeNoColumns(string text) => Assert.Equal(text, WordWrap.Of(text, Columns));

    [Fact]
    public void Of_Indent_BeginsEachLineThatIsNotEmpty() =>
        Assert.Equal("  the cat sat on\n  the mat\n\n  and", WordWrap.Of("the cat sat on the mat\n\nand", Columns, "  "));

    [Theory]
    [InlineData("the cat sat on the\u001b[41m mat\u001b[0m", "the cat sat on the\n\u001b[41mmat\u001b[0m")]
    [InlineData("the cat sat on \u001b[41mthe \u001b[0mmat", "the cat sat on \u001b[41mthe\n\u001b[0mmat")]
    [InlineData("a \u001b[41mcat \u001b[42m \u001b[0m\nb", "a \u001b[41mcat\u001b[0m\nb")]
    [InlineData("\u001b[41mcat \u001b[0m", "\u001b[41mcat\u001b[0m")]
    public void Of_ColoursAtSpacesThatAreDropped_StayWithTheWords(string text, string expected) =>
        Assert.Equal(expected, WordWrap.Of(text, Columns));

    [Fact]
    public void Of_Colours_TakeNoColumnsAndAreNotActiveAtABreak() => Assert.Equal(
        "the cat sat on \u001b[41mthe\u001b[0m\n\u001b[41m狐狸\u001b[0mt",
        WordWrap.Of("the cat sat on \u001b[41mthe\u001b[0m\u001b[42m \u001b[0m\u001b[41m狐狸\u001b[0mt", Columns));

    [Theory]
    [InlineData(19)]
    [InlineData(0)]
    public void Of_NarrowTerminal_LeavesTheTextToIt(int columns) =>
        Assert.Equal(Mixed.TrimEnd(' ', '\n'), WordWrap.Of(Mixed, columns).TrimEnd());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Write_InPieces_IsAsWhole(int length)
    {
        StringBuilder shown = new();
        WordWrap wrap = new(piece => shown.Append(piece), () => Columns);
        foreach (char[] piece in Mixed.Chunk(length)) wrap.Write(new string(piece));
        wrap.Flush();

        Assert.Equal(WordWrap.Of(Mixed, Columns), shown.ToString());
    }

    [Fact]
    public void Of_RandomTexts_FitAndKeepEveryCharacter()
    {
        const int Seed = 15;
        Random random = new(Seed);
        string[] parts = ["a", "fox", "incomprehensibilities", " ", " ", "  ", "\n", "狐", "，", "「", "e\u0301", "🦊", ".", "\t"];
        for (int run = 0; run < 2000; run++)
        {
            string text = string.Concat(Enumerable.Range(0, 60).Select(_ => parts[random.Next(parts.Length)]));
            int columns = random.Next(20, 50);
            string wrapped = WordWrap.Of(text, columns);
            string context = $"Seed {Seed}, run {run}: {text}";

            Assert.True(WithoutSpaces(text) == WithoutSpaces(wrapped), context);
            foreach (string line in wrapped.Replace("\t", "        ", StringComparison.Ordinal).Split('\n'))
                Assert.True(text.Contains('\t', StringComparison.Ordinal) || TextColumns.Count(line) < columns, context);
        }
    }

    private static string WithoutSpaces(string text) => string.Concat(text.Where(unit => unit is not (' ' or '\t' or '\n')));
}

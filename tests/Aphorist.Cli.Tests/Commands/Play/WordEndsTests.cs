using Aphorist.Cli.Commands.Play;

namespace Aphorist.Cli.Tests.Commands.Play;

public sealed class WordEndsTests
{
    [Theory]
    [InlineData("the cat", " cat")]
    [InlineData("cat", "cat")]
    [InlineData("a\ncat", "cat")]
    [InlineData("the ", " ")]
    [InlineData("don't", "don't")]
    [InlineData("the cat.", "")]
    [InlineData("the\n", "")]
    [InlineData("", "")]
    [InlineData("中文", "")]
    public void LastWord_Texts_IsWhatMayGoOn(string text, string expected) => Assert.Equal(expected, WordEnds.LastWord(text));

    [Theory]
    [InlineData("e", true, false)]
    [InlineData("é", true, false)]
    [InlineData("7", true, false)]
    [InlineData("n'", true, false)]
    [InlineData("e ", false, false)]
    [InlineData("e.", false, false)]
    [InlineData("中", false, true)]
    [InlineData("", false, false)]
    public void EndsWithinWord_Texts_TellsWordsFromWhatIsBetween(string text, bool isWithin, bool isWholeLetter)
    {
        Assert.Equal(isWithin, WordEnds.EndsWithinWord(text));
        Assert.Equal(isWholeLetter, WordEnds.EndsWithSingleLetterWord(text));
    }
}

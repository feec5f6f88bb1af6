using Aphorist.Cli.Commands.Play;

namespace Aphorist.Cli.Tests.Commands.Play;

public sealed class PlayTextTests
{
    [Fact]
    public void Append_Pieces_KeepsWhoWroteThem()
    {
        PlayText first = PlayText.Empty.Append("the ", isGenerated: false);
        PlayText text = first.Append("cat", isGenerated: true).Append("", isGenerated: false);

        Assert.Equal("the cat", text.ToString());
        Assert.Equal([("the ", false), ("cat", true)], text.GetPieces());
        Assert.Equal(7, text.Length);
        // The text before has not changed.
        Assert.Equal("the ", first.ToString());
    }

    [Theory]
    [InlineData("ab", "a")]
    [InlineData("a\U0001F600", "a")]
    [InlineData("ae\u0301", "a")]
    [InlineData("a", "")]
    [InlineData("", "")]
    public void WithoutLastCharacter_Characters_AreTakenWhole(string text, string expected)
    {
        PlayText apart = text.Aggregate(PlayText.Empty, (all, unit) => all.Append(unit.ToString(), isGenerated: false));

        Assert.Equal(expected, apart.WithoutLastCharacter().ToString());
        Assert.Equal(expected, PlayText.Empty.Append(text, isGenerated: true).WithoutLastCharacter().ToString());
    }

    [Fact]
    public void WithoutLastCharacter_OfAGeneratedPiece_LeavesItGenerated() =>
        Assert.Equal(
            [("x", false), ("ca", true)], PlayText.Empty.Append("x", false).Append("cat", true).WithoutLastCharacter().GetPieces());
}

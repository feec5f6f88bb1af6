using Aphorist.Cli.Commands.Play;

namespace Aphorist.Cli.Tests.Commands.Play;

public sealed class PlayTextTests
{
    [Fact]
    public void Append_Pieces_KeepsWhoWroteThem()
    {
        PlayText first = PlayText.Empty.Append("the ", isWritten: false);
        PlayText text = first.Append("cat", isWritten: true).Append("", isWritten: false);

        Assert.Equal("the cat", text.ToString());
        Assert.Equal([("the ", false), ("cat", true)], text.Pieces());
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
    public void WithoutLast_Characters_AreTakenWhole(string text, string expected)
    {
        PlayText apart = text.Aggregate(PlayText.Empty, (all, unit) => all.Append(unit.ToString(), isWritten: false));

        Assert.Equal(expected, apart.WithoutLast().ToString());
        Assert.Equal(expected, PlayText.Empty.Append(text, isWritten: true).WithoutLast().ToString());
    }

    [Fact]
    public void WithoutLast_OfAWrittenPiece_LeavesItWritten() =>
        Assert.Equal([("x", false), ("ca", true)], PlayText.Empty.Append("x", false).Append("cat", true).WithoutLast().Pieces());
}

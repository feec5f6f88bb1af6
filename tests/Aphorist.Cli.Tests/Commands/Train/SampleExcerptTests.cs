using Aphorist.Cli.Commands.Train;

namespace Aphorist.Cli.Tests.Commands.Train;

public sealed class SampleExcerptTests
{
    [Fact]
    public void Of_LongSample_IsAbout200CharactersOfWholeWords()
    {
        string excerpt = SampleExcerpt.Of("tter " + TinyText.OfLength(400).Replace('\n', ' '));

        Assert.InRange(excerpt.Length, 170, 200);
        Assert.StartsWith("the cat a hen", excerpt, StringComparison.Ordinal);
        Assert.All(excerpt.Split(' '), word => Assert.Contains(word.Trim('.'), "the cat sat on a mat and saw red hen run to sea"));
    }

    [Fact]
    public void Of_Lines_AreJoinedWithSlashes() =>
        Assert.Equal("emma / olivia / ava", SampleExcerpt.Of("ia\nemma\n\nolivia \n ava\n"));

    [Fact]
    public void Of_Chinese_Takes200Characters() => Assert.Equal(200, SampleExcerpt.Of(new string('狐', 400)).Length);

    [Fact]
    public void Of_CharactersOfTwoUnits_AreNotCut() =>
        Assert.Equal(400, SampleExcerpt.Of(string.Concat(Enumerable.Repeat("🦊", 300))).Length);

    [Theory]
    [InlineData("", "")]
    [InlineData("\n\n", "")]
    [InlineData("word", "word")]
    [InlineData(" whole words ", "whole words")]
    public void Of_ShortSample_IsWhole(string sample, string expected) => Assert.Equal(expected, SampleExcerpt.Of(sample));
}

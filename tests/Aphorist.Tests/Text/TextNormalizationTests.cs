using CsCheck;
using Xunit;

namespace Aphorist.Tests.Text;

public sealed class TextNormalizationTests
{
    [Theory]
    [InlineData("a\r\nb\rc\nd", "a\nb\nc\nd")]
    [InlineData("\r\r\n\r", "\n\n\n")]
    [InlineData("a\f\u0085\u2028\u2029b", "a\f\u0085\u2028\u2029b")]
    [InlineData("É", "É")]
    public void Apply_LineEndings_OnlyCarriageReturnsChange(string text, string expected) =>
        Assert.Equal(expected, new TextNormalization().Apply(text));

    [Fact]
    public void Apply_Lowercase_CoversEveryAlphabet() =>
        Assert.Equal("aéσя\U00010428\n", new TextNormalization(Lowercase: true).Apply("AÉΣЯ\U00010400\r\n"));

    [Fact]
    public void Apply_Twice_ChangesNothingMore() => Gen.Select(Texts.WellFormed, Gen.Bool).Sample((text, lowercase) =>
    {
        TextNormalization normalization = new(lowercase);
        string once = normalization.Apply(text);
        Assert.Equal(once, normalization.Apply(once));
        Assert.DoesNotContain('\r', once);
    });

    [Fact]
    public void Apply_Lowercase_KeepsTheNumberOfCharacters() => Texts.WellFormed.Sample(text =>
        Assert.Equal(
            new TextNormalization().Apply(text).EnumerateRunes().Count(),
            new TextNormalization(true).Apply(text).EnumerateRunes().Count()));
}

using System.Text;
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
    public void Apply_Lowercase_OnlyDottedCapitalIBecomesTwoCharacters() => Texts.WellFormed.Sample(text =>
        Assert.Equal(
            new TextNormalization().Apply(text).EnumerateRunes().Sum(character => character.Value == 0x130 ? 2 : 1),
            new TextNormalization(true).Apply(text).EnumerateRunes().Count()));

    // Expected values: str.lower of Python 3.11.7 (Unicode 14).
    [Theory]
    [InlineData("\u0130STANBUL", "i\u0307stanbul")]
    [InlineData("\u039F\u0394\u039F\u03A3", "\u03BF\u03B4\u03BF\u03C2")]
    [InlineData("\u039F\u0394\u039F\u03A3 \u03A3\u03A3.", "\u03BF\u03B4\u03BF\u03C2 \u03C3\u03C2.")]
    [InlineData("\u03A3", "\u03C3")]
    [InlineData(" \u03A3", " \u03C3")]
    [InlineData("1\u03A3", "1\u03C3")]
    [InlineData("\u0391\u03A3'\u0391", "\u03B1\u03C3'\u03B1")]
    [InlineData("\u0391\u03A3' \u0391", "\u03B1\u03C2' \u03B1")]
    [InlineData("\u0391.:\u2019\u0301\u03A3\u0301\u00AD", "\u03B1.:\u2019\u0301\u03C2\u0301\u00AD")]
    [InlineData("'\u03A3", "'\u03C3")]
    [InlineData("\u0391\u03A3\r\n\u0391", "\u03B1\u03C2\n\u03B1")]
    [InlineData("\U00010400\u03A3\U0001F130", "\U00010428\u03C3\U0001F130")]
    [InlineData("\u2160\u03A3\u24B6\u03A3", "\u2170\u03C3\u24D0\u03C2")]
    [InlineData("\u02B0\u03A3", "\u02B0\u03C3")]
    [InlineData("\u1E9E\u01C5\u212A", "\u00DF\u01C6k")]
    public void Apply_SpecialCasing_IsThatOfPython(string text, string expected) =>
        Assert.Equal(expected, new TextNormalization(Lowercase: true).Apply(text));

    [Fact]
    public void Blocks_AnyLengths_GiveTheWholeText()
    {
        string[] pieces = ["\u03A3", "\u0391", "\u0130", "'", ".", " ", "\r", "\n", "a", "\U00010400", "\u0301"];
        Gen.Select(Gen.Int[0, pieces.Length - 1].Array[0, 30], Gen.Int[1, 5].Array[30], Gen.Bool).Sample((places, lengths, lowercase) =>
        {
            string[] text = [.. places.Select(place => pieces[place])];
            TextNormalization normalization = new(lowercase);
            TextNormalization.Blocks blocks = new(normalization);
            StringBuilder joined = new();
            int next = 0;
            for (int block = 0; next < text.Length; block++)
            {
                int end = Math.Min(next + lengths[block], text.Length);
                joined.Append(blocks.Apply(string.Concat(text[next..end]).ToCharArray()));
                next = end;
            }

            joined.Append(blocks.Finish());
            Assert.Equal(normalization.Apply(string.Concat(text)), joined.ToString());
        });
    }
}

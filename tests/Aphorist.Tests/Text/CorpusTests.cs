using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Text;

public sealed class CorpusTests
{
    [Fact]
    public void CharacterCount_AnyText_CountsScalarValues() => Texts.WellFormed.Sample(text =>
    {
        Corpus corpus = Corpus.FromText(text);
        Assert.Equal(corpus.Text.EnumerateRunes().Count(), corpus.CharacterCount);
    });

    [Fact]
    public void Sha256_AnyText_IsThatOfItsUtf8() => Texts.WellFormed.Sample(text =>
    {
        Corpus corpus = Corpus.FromText(text);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(corpus.Text))), corpus.Sha256);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Sha256_LongText_CarriesPairsOverBlocks(int shift)
    {
        string text = new string('x', shift) + string.Concat(Enumerable.Repeat("é\U0001F600語", 30_000));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), Corpus.FromText(text).Sha256);
    }

    [Fact]
    public void FromText_HalfASurrogatePair_IsRejectedWithItsPlace()
    {
        CorpusException exception = Assert.Throws<CorpusException>(() => Corpus.FromText("\U0001F600b\uD83Dc", "page"));
        Assert.Equal(
            "The text 'page' contains half a surrogate pair, U+D83D, after 2 characters. It is not a character: repair or remove it.",
            exception.Message);
    }

    [Fact]
    public void FromText_AnyUnits_IsWellFormedOrRejected() => Texts.AnyUnits.Sample(text =>
    {
        UTF8Encoding strict = new(false, throwOnInvalidBytes: true);
        bool wellFormed = Record(() => strict.GetByteCount(text)) is null;
        Assert.Equal(wellFormed, Record(() => Corpus.FromText(text)) is null);
    });

    [Fact]
    public void FromText_Default_KeepsNameAndNormalization()
    {
        Corpus corpus = Corpus.FromText("A\r\nB", "letters", new TextNormalization(Lowercase: true));
        Assert.Equal(("letters", "a\nb", true), (corpus.Name, corpus.Text, corpus.Normalization.Lowercase));
    }

    private static Exception? Record(Action action) => Xunit.Record.Exception(action);
}

using Aphorist.Text;
using Xunit;

namespace Aphorist.Tests.Text;

public sealed class TokenizerOptionsTests
{
    private static readonly Corpus Corpus = Corpus.FromText("one two two three", normalization: new(Lowercase: true));

    [Fact]
    public void MakeFor_EachKind_MakesItAndKeepsTheNormalization()
    {
        Assert.IsType<Vocabulary>(new TokenizerOptions().MakeFor(Corpus));
        Assert.IsType<WordTokenizer>(new TokenizerOptions { Kind = TokenizerKind.Words }.MakeFor(Corpus));
        Assert.IsType<ByteTokenizer>(new TokenizerOptions { Kind = TokenizerKind.Bytes }.MakeFor(Corpus));
        foreach (TokenizerKind kind in Enum.GetValues<TokenizerKind>())
            Assert.Equal(Corpus.Normalization, new TokenizerOptions { Kind = kind }.MakeFor(Corpus).Normalization);
    }

    [Fact]
    public void MakeFor_Words_HeedsSizeAndCount()
    {
        Assert.Equal(
            WordTokenizer.Of(Corpus, maximumSize: 4, minimumCount: 1).Tokens,
            ((WordTokenizer)new TokenizerOptions { Kind = TokenizerKind.Words, VocabularySize = 4, MinimumCount = 1 }.MakeFor(Corpus)).Tokens);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenizerOptions { Kind = TokenizerKind.Words, VocabularySize = 1 }.MakeFor(Corpus));
    }
}

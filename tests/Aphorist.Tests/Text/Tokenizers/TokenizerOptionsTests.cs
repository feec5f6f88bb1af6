using Xunit;

namespace Aphorist.Tests.Text.Tokenizers;

public sealed class TokenizerOptionsTests
{
    private static readonly Corpus Corpus = Corpus.FromText("one two two three", normalization: new(Lowercase: true));

    [Fact]
    public void MakeFor_EachKind_MakesItAndKeepsTheNormalization()
    {
        Assert.IsType<CharacterTokenizer>(new TokenizerOptions().CreateTokenizer(Corpus));
        Assert.IsType<WordTokenizer>(new TokenizerOptions { Kind = TokenizerKind.Words }.CreateTokenizer(Corpus));
        Assert.IsType<ByteTokenizer>(new TokenizerOptions { Kind = TokenizerKind.Bytes }.CreateTokenizer(Corpus));
        foreach (TokenizerKind kind in Enum.GetValues<TokenizerKind>())
            Assert.Equal(Corpus.Normalization, new TokenizerOptions { Kind = kind }.CreateTokenizer(Corpus).Normalization);
    }

    [Fact]
    public void MakeFor_Words_HeedsSizeAndCount()
    {
        Assert.Equal(
            WordTokenizer.Create(Corpus, maximumSize: 4, minimumCount: 1).Tokens,
            ((WordTokenizer)new TokenizerOptions { Kind = TokenizerKind.Words, VocabularySize = 4, MinimumCount = 1 }.CreateTokenizer(Corpus)).Tokens);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenizerOptions { Kind = TokenizerKind.Words, VocabularySize = 1 }.CreateTokenizer(Corpus));
    }
}

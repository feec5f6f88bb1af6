using Xunit;

namespace Aphorist.Tests.Text.Tokenizers;

public sealed class TokenizerOptionsTests
{
    private static readonly Corpus Corpus = Corpus.FromText("one two two three", normalization: new(Lowercase: true));

    [Fact]
    public async Task Create_EachKind_CreatesItAndKeepsTheNormalization()
    {
        Assert.IsType<CharacterTokenizer>(Tokenizer.Create(Corpus));
        Assert.IsType<WordTokenizer>(Tokenizer.Create(Corpus, new() { Kind = TokenizerKind.Words }));
        Assert.IsType<ByteTokenizer>(Tokenizer.Create(Corpus, new() { Kind = TokenizerKind.Bytes }));
        foreach (TokenizerKind kind in Enum.GetValues<TokenizerKind>())
        {
            Tokenizer tokenizer = Tokenizer.Create(Corpus, new() { Kind = kind });
            Assert.Equal((kind, Corpus.Normalization), (tokenizer.Kind, tokenizer.Normalization));
            Tokenizer same = await Tokenizer.CreateAsync(
                Corpus, new() { Kind = kind }, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(TokensOf(tokenizer), TokensOf(same));
        }
    }

    private static IEnumerable<string> TokensOf(Tokenizer tokenizer) =>
        Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.GetText);

    [Fact]
    public void Create_Words_RespectsSizeAndCount()
    {
        Assert.Equal(
            WordTokenizer.Create(Corpus, vocabularySize: 4, minimumCount: 1).Tokens,
            ((WordTokenizer)Tokenizer.Create(Corpus, new() { Kind = TokenizerKind.Words, VocabularySize = 4, MinimumCount = 1 })).Tokens);
        Assert.Equal("VocabularySize", Fail(new() { Kind = TokenizerKind.Words, VocabularySize = 1 }).PropertyName);
        Assert.Equal("MinimumCount", Fail(new() { Kind = TokenizerKind.Words, MinimumCount = 0 }).PropertyName);
        Assert.Equal("Kind", Fail(new() { Kind = (TokenizerKind)3 }).PropertyName);

        static InvalidOptionsException Fail(TokenizerOptions options) =>
            Assert.Throws<InvalidOptionsException>(() => Tokenizer.Create(Corpus, options));
    }
}

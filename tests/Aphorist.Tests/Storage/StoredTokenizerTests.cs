using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>Model files of words and bytes; <see cref="ModelFileTests"/> has those of characters.</summary>
public sealed class StoredTokenizerTests : IDisposable
{
    private static readonly TextNormalization LowerCase = new(Lowercase: true);

    private readonly StoredModel file = new();

    public void Dispose() => file.Dispose();

    [Fact]
    public void Save_Words_LoadsTheSameModelAndTokenizer()
    {
        WordTokenizer words =
            WordTokenizer.Create(Corpus.FromText("the \"caf\u00e9\" of the \u4e2d\U0001F600\n", normalization: LowerCase), minimumCount: 1);
        LanguageModel model = SampleModel.Make(words);

        LanguageModel loaded = file.Reload(model);

        WordTokenizer read = Assert.IsType<WordTokenizer>(loaded.Tokenizer);
        Assert.Equal(words.Tokens, read.Tokens);
        Assert.Equal(LowerCase, read.Normalization);
        Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(loaded));
        Assert.Equal(words.VocabularySize, ModelFileInfo.Read(file.Path).Tokenizer.VocabularySize);
    }

    [Fact]
    public void Save_Bytes_LoadsTheSameModelAndTokenizer()
    {
        LanguageModel model = SampleModel.Make(new ByteTokenizer(LowerCase));

        LanguageModel loaded = file.Reload(model);

        Assert.Equal(LowerCase, Assert.IsType<ByteTokenizer>(loaded.Tokenizer).Normalization);
        Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(loaded));
    }

    [Theory]
    [InlineData("[\"\uFFFD\",\"a\",\" b\"]", "[\"\uFFFD\",\"a\",\"a\"]", "tokens 1 and 2 of its vocabulary are both 'a'")]
    [InlineData("[\"\uFFFD\",\"a\",\" b\"]", "[\"\uFFFD\",\"a\",\"\"]", "token 2 of its vocabulary is empty")]
    [InlineData("[\"\uFFFD\",\"a\",\" b\"]", "[\"\uFFFD\",\"a\",null]", "token 2 of its vocabulary is empty")]
    [InlineData("[\"\uFFFD\",\"a\",\" b\"]", "[\"a\",\"\uFFFD\",\" b\"]", "token 0 of its vocabulary is 'a' where only token 0 is U+FFFD")]
    [InlineData("[\"\uFFFD\",\"a\",\" b\"]", "[\"\uFFFD\",\"a\uFFFD\",\" b\"]", "token 1 of its vocabulary is 'a\uFFFD'")]
    [InlineData("[\"\uFFFD\",\"a\",\" b\"]", "[\"\uFFFD\",\"\\uD83D\",\" b\"]", "damaged")]
    [InlineData("[\"\uFFFD\",\"a\",\" b\"]", "[\"\uFFFD\"]", "vocabulary has 1 tokens where at least 2 are needed")]
    [InlineData(
        "[\"\uFFFD\",\"a\",\" b\"]",
        "[\"\uFFFD\",\"a\",\" b\",\" c\"]",
        "'lstm.weight_ih_l0' has shape [20, 3] where [20, 4] is expected")]
    [InlineData("[\"\uFFFD\",\"a\",\" b\"]", "\"a\"", "damaged at $.tokenizer.tokens")]
    [InlineData("[\"\uFFFD\",\"a\",\" b\"]", "null", "tokenizer is 'words' but it has no tokens")]
    public void Load_DamagedWords_SaysWhatIsWrong(string before, string after, string problem)
    {
        file.SaveChanged(SampleModel.Make(WordTokenizer.FromTokens(["\uFFFD", "a", " b"])), before, after);
        Assert.Contains(problem, file.LoadError(), StringComparison.Ordinal);
    }
}

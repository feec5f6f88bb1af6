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
        Assert.False(read.Spelling.IsUniform);
        foreach (string word in (string[])["the", "caf\u00e9", "zoo", "\U0001F601"])
            Assert.Equal(words.Spelling.GetLoss(word), read.Spelling.GetLoss(word));
        Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(loaded));
        Assert.Equal(words.VocabularySize, ModelFileInfo.Read(file.Path).Tokenizer.VocabularySize);
    }

    [Fact]
    public void Load_WordsOfAnOlderFile_CostTheUpperBound()
    {
        LanguageModel model = SampleModel.Make(WordTokenizer.Create(Corpus.FromText("the cat"), minimumCount: 1));
        file.SaveChanged(model, "\"spelling\"", "\"ignored\"");
        Assert.Same(SpellingModel.Uniform.Counts, LanguageModel.Load(file.Path).Tokenizer.Spelling!.Counts);
    }

    [Theory]
    [InlineData("\"characters\":\"aceht", "\"characters\":\"aceh")]
    [InlineData("\"characters\":\"aceht", "\"characters\":\"aaeht")]
    [InlineData("\"counts\":[", "\"counts\":[1,")]
    [InlineData("\"counts\":[1", "\"counts\":[0")]
    [InlineData("\"counts\":[1", "\"counts\":[-1")]
    [InlineData("\"counts\":[1", "\"counts\":[9223372036854775807")]
    [InlineData("\"words\":2", "\"words\":-1")]
    [InlineData("\"words\":2", "\"words\":7")]
    public void Load_DamagedSpelling_SaysSo(string before, string after)
    {
        file.SaveChanged(SampleModel.Make(WordTokenizer.Create(Corpus.FromText("the cat"), minimumCount: 1)), before, after);
        Assert.Contains("the spelling of its tokenizer is not", file.LoadError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"words\":2", "\"word\":2", "damaged")]
    [InlineData("\"words\":2", "\"words\":2.5", "damaged at $.tokenizer.spelling.words")]
    [InlineData("\"counts\":[", "\"counts\":[null,", "damaged at $.tokenizer.spelling.counts")]
    public void Load_MalformedSpelling_SaysWhere(string before, string after, string problem)
    {
        file.SaveChanged(SampleModel.Make(WordTokenizer.Create(Corpus.FromText("the cat"), minimumCount: 1)), before, after);
        Assert.Contains(problem, file.LoadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MoreNumbersThanCharacters_IsRefusedBeforeTheyAreRead()
    {
        string many = "\"counts\":[" + string.Concat(Enumerable.Repeat("1,", 1_300_000));
        file.SaveChanged(SampleModel.Make(WordTokenizer.Create(Corpus.FromText("the cat"), minimumCount: 1)), "\"counts\":[", many);
        Assert.Contains("numbers, but 1200000 is the maximum", file.LoadError(), StringComparison.Ordinal);
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
    [InlineData("[\"\uFFFD\",\"a\",\" b\"]", "[\"\uFFFD\"]", "vocabulary has 1 token where at least 2 are needed")]
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

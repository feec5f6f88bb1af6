using Aphorist.Interop.Tests.Keras;
using Xunit;

namespace Aphorist.Interop.Tests;

public sealed class ImportedVocabularyTests
{
    [Theory]
    [InlineData("{\"b\": 0, \"a\": 2, \"\\n\": 1}")]
    [InlineData("{\"0\": \"b\", \"2\": \"a\", \"1\": \"\\n\"}")]
    [InlineData("{\"b\": \"0\", \"a\": \"2\", \"\\n\": \"1\"}", true)]
    public void FromJson_EitherWayRound_IsTheSame(string json, bool isAmbiguous = false)
    {
        // Where both sides are strings, the numbers are taken to be the names.
        if (isAmbiguous)
        {
            Assert.Throws<ModelFileException>(() => ImportedVocabulary.FromJson(json));
            return;
        }

        ImportedVocabulary vocabulary = ImportedVocabulary.FromJson(json);
        Assert.Equal("\nab", vocabulary.Tokenizer.Characters);
        Assert.Equal([1, 2, 0], vocabulary.Places.ToArray());
    }

    [Fact]
    public void FromJson_Digits_AreCharactersToo() =>
        Assert.Equal([1, 0], ImportedVocabulary.FromJson("{\"0\": \"1\", \"1\": \"0\"}").Places.ToArray());

    [Fact]
    public void FromCharacters_AnyOrder_KeepsTheNumbers()
    {
        ImportedVocabulary vocabulary = ImportedVocabulary.FromCharacters("z\U0001F600a");

        Assert.Equal("az\U0001F600", vocabulary.Tokenizer.Characters);
        Assert.Equal([2, 0, 1], vocabulary.Places.ToArray());
    }

    [Fact]
    public void Of_Corpus_HasSortedCharactersAndItsNormalization()
    {
        ImportedVocabulary vocabulary = ImportedVocabulary.Create(Corpus.FromText("Cab", normalization: new(Lowercase: true)));

        Assert.Equal(("abc", true), (vocabulary.Tokenizer.Characters, vocabulary.Tokenizer.Normalization.Lowercase));
        Assert.Equal([0, 1, 2], vocabulary.Places.ToArray());
    }

    [Theory]
    [InlineData("[]", "not a JSON object or list")]
    [InlineData("{\"a\": 0", "not a JSON object or list")]
    [InlineData("{\"a\": 0, \"a\": 1}", "not a JSON object or list")]
    [InlineData("{\"a\": 0.5}", "not a JSON object or list")]
    [InlineData("{\"a\": null}", "not a JSON object or list")]
    [InlineData("{\"a\": \"b\"}", "not a JSON object or list")]
    [InlineData("{\"\\uD800\": 0}", "not a JSON object or list")]
    [InlineData("{\"the\": 0}", "has the entry 'the', which is not one character")]
    [InlineData("{\"\": 0}", "it has no characters")]
    [InlineData("{\"a\": 0, \"b\": 0}", "'b' (U+0062) the id 0, but the ids of its 2 entries must be 0 to 1 or 1 to 2")]
    [InlineData("{\"a\": 0, \"b\": 2}", "'b' (U+0062) the id 2")]
    [InlineData("{\"a\": -1}", "'a' (U+0061) the id -1")]
    [InlineData("{\"0\": \"a\", \"1\": \"a\"}", "has 'a' (U+0061) twice, with the ids 0 and 1")]
    public void FromJson_Wrong_SaysWhatIs(string json, string expected) =>
        Assert.Contains(
            expected, Assert.Throws<ModelFileException>(() => ImportedVocabulary.FromJson(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[\"b\", \"a\"]", "ab", "1 0", 2)]
    [InlineData("[\"\", \"[UNK]\", \"b\", \"a\"]", "ab", "3 2", 4, "''", "[UNK]")]
    [InlineData("{\"<PAD>\": 0, \"a\": 1, \"b\": 2, \"<UNK>\": 3}", "ab", "1 2", 4, "<PAD>", "<UNK>")]
    [InlineData("{\"a\": 2, \"b\": 1}", "ab", "2 1", 3, "id 0")]
    [InlineData("{\"idx_to_token\": {\"1\": \"a\", \"2\": \"b\"}, \"token_to_idx\": {\"a\": 1, \"b\": 2}}", "ab", "1 2", 3, "id 0")]
    [InlineData(
        "{\"class_name\": \"Tokenizer\", \"config\": {\"char_level\": true, \"word_index\": \"{\\\"b\\\": 1}\"}}",
        "b", "1", 2, "id 0")]
    [InlineData("{\"version\": \"1.0\", \"model\": {\"type\": \"WordLevel\", \"vocab\": {\"[UNK]\": 0, \"a\": 1}}}", "a", "1", 2, "[UNK]")]
    public void FromJson_UsualDocuments_AreRead(string json, string characters, string places, int size, params string[] leftOut)
    {
        ImportedVocabulary vocabulary = ImportedVocabulary.FromJson(json);

        Assert.Equal(
            (characters, places, size),
            (vocabulary.Tokenizer.Characters, string.Join(' ', vocabulary.Places.ToArray()), vocabulary.Size));
        Assert.Equal(leftOut, vocabulary.LeftOut);
    }

    [Fact]
    public void FromJson_EntryForACharacter_AsksForTheCharacter() => Assert.Contains(
        "its entry '<space>' seems to stand for a character",
        Assert.Throws<ModelFileException>(() => ImportedVocabulary.FromJson("[\"<space>\", \"a\"]")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Fits_IdsFromOne_WithOrWithoutTheUnusedRow()
    {
        ImportedVocabulary vocabulary = ImportedVocabulary.FromJson("{\"a\": 1, \"b\": 2}");

        Assert.Equal([2, 3], Enumerable.Range(1, 5).Where(vocabulary.Fits));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void ToLanguageModel_EntriesLeftOut_LeaveTheOddsOfTheOthers(int embedding)
    {
        KerasModel keras = KerasModel.Read(
            new MemoryStream(new KerasFile(new(new() { EmbeddingSize = embedding }), KerasDialect.Keras2).ToBytes()));
        LanguageModel all = keras.ToLanguageModel(ImportedVocabulary.FromCharacters("abcdefg")),
            fewer = keras.ToLanguageModel(ImportedVocabulary.FromJson("[\"<PAD>\", \"b\", \"c\", \"<UNK>\", \"e\", \"f\", \"g\"]"));

        Assert.Equal("bcefg", fewer.Tokenizer.Decode([0, 1, 2, 3, 4]));
        Assert.Equal(GenerationMode.Window, fewer.TrainedMode);
        using GenerationSession expected = new TextGenerator(all, GenerationMode.Stateful).CreateSession(),
            actual = new TextGenerator(fewer, GenerationMode.Stateful).CreateSession();
        expected.Append("gbec");
        actual.Append("gbec");
        Prediction wide = expected.Predict(), narrow = actual.Predict();
        for (int id = 1; id < 5; id++)
        {
            int other = all.Tokenizer.Encode(fewer.Tokenizer.GetText(id))[0];
            Assert.Equal(
                wide.LogProbabilities[other] - wide.LogProbabilities[1], narrow.LogProbabilities[id] - narrow.LogProbabilities[0], 1e-5);
        }
    }

    [Fact]
    public void FromCharacters_Twice_NamesTheCharacter() =>
        Assert.Contains("'a' (U+0061) twice", Assert.Throws<ModelFileException>(() => ImportedVocabulary.FromCharacters("aba")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void ToLanguageModel_OtherOrder_PredictsTheSameCharacters(int embedding)
    {
        KerasModel keras = KerasModel.Read(
            new MemoryStream(new KerasFile(new(new() { EmbeddingSize = embedding }), KerasDialect.Keras2).ToBytes()));

        VocabularyOrder.AssertIsOfNoMatter(keras);
    }

    [Fact]
    public void ToLanguageModel_Imported_TellsItsOrigin()
    {
        KerasModel keras = KerasModel.Read(new MemoryStream(new KerasFile(new(new()), KerasDialect.Keras2).ToBytes()), "folder/model.h5");

        ModelOrigin? origin = keras.ToLanguageModel(CharacterTokenizer.FromCharacters("abcdefg")).Origin;
        Assert.Equal(
            new ModelOrigin { Program = "Keras", Version = "2.2.4", File = "model.h5", Optimizer = "Adam", LearningRate = 0.002 }, origin);
    }
}

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
    [InlineData("[]", "not a JSON object")]
    [InlineData("{\"a\": 0", "not a JSON object")]
    [InlineData("{\"a\": 0, \"a\": 1}", "not a JSON object")]
    [InlineData("{\"a\": 0.5}", "not a JSON object")]
    [InlineData("{\"a\": null}", "not a JSON object")]
    [InlineData("{\"a\": \"b\"}", "not a JSON object")]
    [InlineData("{\"\\uD800\": 0}", "not a JSON object")]
    [InlineData("{\"the\": 0}", "has the entry 'the', which is not one character")]
    [InlineData("{\"\": 0}", "has the entry '', which is not one character")]
    [InlineData("{\"a\": 0, \"b\": 0}", "'b' (U+0062) the id 0, but the ids of its 2 characters must be 0 to 1")]
    [InlineData("{\"a\": 0, \"b\": 2}", "'b' (U+0062) the id 2")]
    [InlineData("{\"a\": -1}", "'a' (U+0061) the id -1")]
    [InlineData("{\"0\": \"a\", \"1\": \"a\"}", "has 'a' (U+0061) twice, with the ids 0 and 1")]
    public void FromJson_Wrong_SaysWhatIs(string json, string expected) =>
        Assert.Contains(
            expected, Assert.Throws<ModelFileException>(() => ImportedVocabulary.FromJson(json)).Message, StringComparison.Ordinal);

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

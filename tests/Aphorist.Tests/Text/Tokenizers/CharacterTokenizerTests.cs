using System.Text;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Text.Tokenizers;

public sealed class CharacterTokenizerTests
{
    [Fact]
    public void Encode_AnyText_DecodesToItself() => Texts.WellFormed.Sample(text =>
    {
        CharacterTokenizer vocabulary = CharacterTokenizer.FromCharacters(text);
        Assert.Equal(text, vocabulary.Decode(vocabulary.Encode(text)));
    });

    [Fact]
    public void Characters_AnyText_AreDistinctSortedAndMakeTheSameVocabulary() => Texts.WellFormed.Sample(text =>
    {
        CharacterTokenizer vocabulary = CharacterTokenizer.FromCharacters(text);
        Assert.Equal(text.EnumerateRunes().Distinct().Order(), vocabulary.Characters.EnumerateRunes());
        Assert.Equal(vocabulary.Characters, CharacterTokenizer.FromCharacters(vocabulary.Characters).Characters);
    });

    [Fact]
    public void IdOf_AnyCharacter_IsItsPlaceOrMinusOne() => Gen.Select(Texts.WellFormed, Texts.WellFormed).Sample((known, asked) =>
    {
        CharacterTokenizer vocabulary = CharacterTokenizer.FromCharacters(known);
        List<Rune> sorted = [.. known.EnumerateRunes().Distinct().Order()];
        foreach (Rune character in asked.EnumerateRunes().Concat(sorted))
            Assert.Equal(sorted.IndexOf(character), vocabulary.GetId(character));
    });

    [Fact]
    public void EncodeSkippingUnknown_AnyText_LeavesOutTheUnknownAndListsThemOnce() =>
        Gen.Select(Texts.WellFormed, Texts.WellFormed).Sample((known, asked) =>
    {
        CharacterTokenizer vocabulary = CharacterTokenizer.FromCharacters(known);
        string mixed = asked + known + asked;
        int[] ids = vocabulary.EncodeSkippingUnknown(mixed, out IReadOnlyList<string> unknown);
        Assert.Equal(string.Concat(mixed.EnumerateRunes().Where(character => vocabulary.GetId(character) >= 0)), vocabulary.Decode(ids));
        IEnumerable<Rune> missing = mixed.EnumerateRunes().Where(character => vocabulary.GetId(character) < 0).Distinct();
        Assert.Equal(missing.Select(character => character.ToString()), unknown);
    });

    [Theory]
    [InlineData("abé", "'é' (U+00E9), character 3")]
    [InlineData("a\tb", "tab (U+0009), character 2")]
    [InlineData(" ", "space (U+0020), character 1")]
    [InlineData("a\u0007", "control character (U+0007), character 2")]
    [InlineData("ba\U0001F600\U0001F601", "'\U0001F600' (U+1F600), character 3")]
    [InlineData("a\u0301", "combining mark '\u25CC\u0301' (U+0301), character 2")]
    [InlineData("a\u200B", "invisible format character (U+200B), character 2")]
    [InlineData("a\uD83D", "replacement character (U+FFFD), character 2")]
    public void Encode_UnknownCharacter_IsNamedWithItsPlace(string text, string expected)
    {
        UnknownCharacterException exception = Assert.Throws<UnknownCharacterException>(
            () => CharacterTokenizer.FromCharacters("ab").Encode(text));
        Assert.Equal(
            $"The model does not know {expected} of the text: it does not occur in the training text. Leave it out or replace it.",
            exception.Message);
        Assert.Equal(text.EnumerateRunes().ElementAt((int)exception.Position), exception.Character);
    }

    [Fact]
    public void Decode_IdOutsideTheVocabulary_IsRejected()
    {
        CharacterTokenizer vocabulary = CharacterTokenizer.FromCharacters("ab");
        Assert.Throws<ArgumentOutOfRangeException>(() => vocabulary.Decode([0, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => vocabulary[-1]);
    }

    [Fact]
    public void Create_Corpus_TakesItsNormalization()
    {
        CharacterTokenizer vocabulary = CharacterTokenizer.Create(Corpus.FromText("BANANA", normalization: new(Lowercase: true)));
        Assert.Equal(("abn", 3, true), (vocabulary.Characters, vocabulary.VocabularySize, vocabulary.Normalization.Lowercase));
    }
}

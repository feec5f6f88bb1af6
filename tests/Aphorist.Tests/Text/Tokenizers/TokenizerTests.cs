using System.Reflection;
using System.Text;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Text.Tokenizers;

/// <summary>The contract of every kind of tokenizer.</summary>
public sealed class TokenizerTests
{
    [Fact]
    public void Encode_TextOfTheCorpus_DecodesToItself() => Texts.Prose.Sample(text =>
    {
        foreach (Tokenizer tokenizer in Of(text)) Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
    });

    [Fact]
    public void EncodeSkippingUnknown_TextOfTheCorpus_IsEncodeAndLeavesNothingOut() => Texts.Prose.Sample(prose =>
    {
        // The replacement character is the one that no word vocabulary has.
        string text = prose.Replace("\uFFFD", "");
        foreach (Tokenizer tokenizer in Of(text))
        {
            Assert.Equal(tokenizer.Encode(text), tokenizer.EncodeSkippingUnknown(text, out IReadOnlyList<string> unknown));
            Assert.Empty(unknown);
        }
    });

    [Fact]
    public void CreateDecoder_AnyIds_GivesWholeCharactersOfTheSameText() =>
        Gen.Select(Texts.Prose, Gen.Int[0, 10_000].Array[0, 60]).Sample((text, numbers) =>
    {
        foreach (Tokenizer tokenizer in Of(text + "ab"))
        {
            int[] ids = [.. numbers.Select(number => number % tokenizer.VocabularySize)];
            TokenDecoder decoder = tokenizer.CreateDecoder();
            // The second time shows that the decoder starts again.
            for (int time = 0; time < 2; time++)
            {
                string[] pieces = [.. ids.Select(decoder.Append), decoder.Flush()];
                Assert.All(pieces, piece => Assert.True(IsWellFormed(piece)));
                Assert.Equal(tokenizer.Decode(ids), string.Concat(pieces));
            }
        }
    });

    [Fact]
    public void CountCharacters_IdsOfAText_AreItsCharactersAlsoInParts() => Gen.Select(Texts.Prose, Gen.Int[0, 60]).Sample((text, cut) =>
    {
        foreach (Tokenizer tokenizer in Of(text))
        {
            int[] ids = tokenizer.Encode(text);
            int middle = Math.Min(cut, ids.Length);
            Assert.Equal(text.EnumerateRunes().Count(), tokenizer.CountCharacters(ids));
            int first = tokenizer.CountCharacters(ids.AsSpan(0, middle)), second = tokenizer.CountCharacters(ids.AsSpan(middle));
            Assert.Equal(text.EnumerateRunes().Count(), first + second);
        }
    });

    [Fact]
    public void Members_IdOutsideTheVocabulary_AreRejected()
    {
        foreach (Tokenizer tokenizer in Of("ab"))
        {
            foreach (int id in new[] { -1, tokenizer.VocabularySize, int.MinValue, int.MaxValue })
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([0, id]));
                Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.CountCharacters([0, id]));
                Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.CreateDecoder().Append(id));
                Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.GetDisplayText(id));
                Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.GetText(id));
                Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.IsPartialCharacter(id));
            }
        }
    }

    [Fact]
    public void Members_NothingToDo_DoNothing()
    {
        foreach (Tokenizer tokenizer in Of(""))
        {
            Assert.Empty(tokenizer.Encode(""));
            Assert.Empty(tokenizer.EncodeSkippingUnknown("", out IReadOnlyList<string> unknown));
            Assert.Empty(unknown);
            Assert.Equal("", tokenizer.Decode([]));
            Assert.Equal("", tokenizer.CreateDecoder().Flush());
            Assert.Equal(0, tokenizer.CountCharacters([]));
        }
    }

    [Fact]
    public void EncodeSkippingUnknown_Characters_NamesThoseLeftOutAsText()
    {
        Tokenizer tokenizer = CharacterTokenizer.FromCharacters("ab");
        Assert.Equal([0, 1], tokenizer.EncodeSkippingUnknown("\U0001F600a\U0001F600éb", out IReadOnlyList<string> unknown));
        Assert.Equal(["\U0001F600", "é"], unknown);
    }

    [Fact]
    public void Encode_UnknownCharacterPolicy_IsErrorOrSkip()
    {
        Tokenizer characters = CharacterTokenizer.FromCharacters("ab");
        Assert.Equal([0, 1], characters.Encode("aéb", UnknownCharacterPolicy.Skip));
        Assert.Throws<UnknownCharacterException>(() => characters.Encode("aéb", UnknownCharacterPolicy.Error));
        Tokenizer words = WordTokenizer.FromTokens(["\uFFFD", "a"]);
        Assert.Equal([1], words.Encode("a!", UnknownCharacterPolicy.Skip));
        Assert.Equal([1, 0], words.Encode("a!", UnknownCharacterPolicy.Error));
    }

    [Fact]
    public void GetText_EveryToken_IsItsDecodedText() => Texts.Prose.Sample(text =>
    {
        foreach (Tokenizer tokenizer in Of(text))
        {
            Assert.Equal(tokenizer.Encode(text).Length, tokenizer.CountTokens(text));
            for (int id = 0; id < tokenizer.VocabularySize; id++)
            {
                Assert.Equal(tokenizer.Decode([id]), tokenizer.GetText(id));
                Assert.Equal(tokenizer.Kind == TokenizerKind.Bytes && id >= 0x80, tokenizer.IsPartialCharacter(id));
            }
        }
    });

    [Fact]
    public void CanDecodeTo_CharactersOfTheCorpusAndOthers_SaysWhichTokensHave()
    {
        foreach (Tokenizer tokenizer in Of("the cat"))
        {
            Assert.True(tokenizer.CanDecodeTo(new Rune('c')));
            Assert.Equal(tokenizer.Kind == TokenizerKind.Bytes, tokenizer.CanDecodeTo(new Rune('é')));
        }
    }

    [Fact]
    public void Extend_AnotherCorpus_KeepsEveryTokenUnderItsNewId() => Gen.Select(Texts.Prose, Texts.Prose).Sample((text, other) =>
    {
        foreach (Tokenizer tokenizer in Of(text))
        {
            Corpus corpus = Corpus.FromText(other);
            Tokenizer extended = tokenizer.Extend(corpus, out int[] newIds);
            Assert.Equal(Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.GetText), newIds.Select(extended.GetText));
            Assert.Equal(tokenizer.Normalization, extended.Normalization);
            // Rare words stay unknown.
            if (tokenizer.Kind != TokenizerKind.Words) Assert.Equal(corpus.Text, extended.Decode(extended.Encode(corpus.Text)));
        }
    });

    [Fact]
    public void Kinds_OfTheLibrary_AreAllThereCanBe()
    {
        IEnumerable<Type> kinds = typeof(Tokenizer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Tokenizer)));
        Assert.Equal(Enum.GetNames<TokenizerKind>().Length, kinds.Count());
        ConstructorInfo constructor = Assert.Single(typeof(Tokenizer).GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic));
        Assert.True(constructor.IsFamilyAndAssembly);
    }

    [Fact]
    public void FindTokens_Word_HasTheOneWithItsSpaceToo()
    {
        Tokenizer words = WordTokenizer.FromTokens(["\uFFFD", "a", " a", "b"]);
        Assert.Equal([1, 2], words.FindTokens("a"));
        Assert.Equal([3], words.FindTokens("b"));
        Assert.Empty(words.FindTokens("c"));
        Assert.Empty(CharacterTokenizer.FromCharacters("ab").FindTokens("ab"));
    }

    [Fact]
    public void Normalization_Lowercase_IsRemembered() =>
        Assert.All(Of("Ab", lowercase: true), tokenizer => Assert.True(tokenizer.Normalization.Lowercase));

    [Fact]
    public void GetDisplayText_EveryToken_CanBeReadInALine() => Texts.Prose.Sample(text =>
    {
        foreach (Tokenizer tokenizer in Of(text))
        {
            for (int id = 0; id < tokenizer.VocabularySize; id++)
            {
                string shown = tokenizer.GetDisplayText(id);
                Assert.NotEmpty(shown);
                Assert.DoesNotContain(shown, unit => char.IsWhiteSpace(unit) || char.IsControl(unit));
            }
        }
    });

    [Theory]
    [InlineData(" ", "␣")]
    [InlineData("\n", "\\n")]
    [InlineData("\t", "\\t")]
    [InlineData("\u0007", "\\u0007")]
    [InlineData("\u00A0", "\\u00A0")]
    [InlineData("\u200B", "\\u200B")]
    [InlineData("\u0301", "\u25CC\u0301")]
    [InlineData("é", "é")]
    [InlineData("\U0001F600", "\U0001F600")]
    [InlineData("\U000F0000", "\\U000F0000")]
    public void GetDisplayText_Character_IsVisible(string character, string shown) =>
        Assert.Equal(shown, CharacterTokenizer.FromCharacters(character).GetDisplayText(0));

    private static Tokenizer[] Of(string text, bool lowercase = false)
    {
        TextNormalization normalization = new(lowercase);
        Corpus corpus = Corpus.FromText(text, normalization: normalization);
        return [CharacterTokenizer.Create(corpus), WordTokenizer.Create(corpus, minimumCount: 1), new ByteTokenizer(normalization)];
    }

    private static bool IsWellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;
}

using Aphorist.Text.Tokenizers;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Text.Tokenizers;

public sealed class WordTokenizerTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("   ", " | | ")]
    [InlineData("The cat, the dog.", "The| cat|,| the| dog|.")]
    [InlineData("a  b\n\n c ", "a| | b|\n|\n| c| ")]
    [InlineData("don't rock 'n' roll'", "don't| rock| |'|n|'| roll|'")]
    [InlineData("it’s o''clock", "it’s| o|'|'|clock")]
    [InlineData("3rd of 1,000 x_y", "3rd| of| 1|,|000| x|_|y")]
    [InlineData("well-known \"word\"", "well|-|known| |\"|word|\"")]
    [InlineData("cafe\u0301 e\u0301a", "cafe\u0301| e\u0301a")]
    [InlineData(" \u0301a", " |\u0301|a")]
    [InlineData("\u2764\uFE0F\U0001F600 Größe", "\u2764|\uFE0F|\U0001F600| Größe")]
    [InlineData("می\u200Cخواهم क्\u200Dष", "می\u200Cخواهم| क्\u200Dष")]
    [InlineData("\U00010400\U00010401 \U0001D7CE", "\U00010400\U00010401| \U0001D7CE")]
    [InlineData("我有iPhone手机。 好", "我|有|iPhone|手|机|。| |好")]
    [InlineData("かなカナ ไทย 한국어", "か|な|カ|ナ| |ไ|ท|ย| 한국어")]
    [InlineData("½ ² Ⅷ", "½| |²| |Ⅷ")]
    public void Encode_Text_IsCutIntoWordsAndSingleCharacters(string text, string expected)
    {
        WordTokenizer tokenizer = Of(text);
        string[] tokens = [.. tokenizer.Encode(text).Select(id => tokenizer.Tokens[id])];
        Assert.Equal(expected, string.Join('|', tokens));
    }

    [Fact]
    public void Encode_AnyTextWithAnyVocabulary_KeepsAllButTheUnknown() => Gen.Select(Texts.Prose, Texts.Prose).Sample((known, asked) =>
    {
        WordTokenizer tokenizer = Of(known);
        string[] kept = tokenizer.Decode(tokenizer.Encode(asked)).Split(WordTokenizer.UnknownToken);
        if (kept.Length == 1) Assert.Equal(asked, kept[0]);
        Assert.StartsWith(kept[0], asked, StringComparison.Ordinal);
        Assert.EndsWith(kept[^1], asked, StringComparison.Ordinal);
        int end = 0;
        foreach (string part in kept)
        {
            int start = asked.IndexOf(part, end, StringComparison.Ordinal);
            Assert.True(start >= end);
            end = start + part.Length;
        }
    });

    [Fact]
    public void Encode_HalfASurrogatePair_IsUnknown() => Texts.AnyUnits.Sample(text =>
    {
        string repaired = string.Concat(text.EnumerateRunes());
        WordTokenizer tokenizer = Of(repaired);
        Assert.Equal(repaired, tokenizer.Decode(tokenizer.Encode(text)));
    });

    [Fact]
    public void Encode_UnknownWord_KeepsItsSpace()
    {
        WordTokenizer tokenizer = Of("the cat sat");
        Assert.Equal("the \uFFFD sat\uFFFD", tokenizer.Decode(tokenizer.Encode("the dog sat!")));
    }

    [Fact]
    public void Encode_WordKnownOnlyWithoutItsSpace_IsSpaceAndWord()
    {
        WordTokenizer tokenizer = Of("the cat");
        Assert.Equal(["␣cat", "␣", "the"], tokenizer.Encode(" cat the").Select(tokenizer.GetDisplayText));
    }

    [Fact]
    public void Encode_NothingKnown_IsUnknownOnly()
    {
        WordTokenizer tokenizer = WordTokenizer.FromTokens([WordTokenizer.UnknownToken]);
        Assert.Equal([0, 0, 0, 0], tokenizer.Encode("no words!"));
        Assert.Equal("\uFFFD\uFFFD", tokenizer.Decode([0, 0]));
        Assert.Equal(2, tokenizer.CountCharacters([0, 0]));
    }

    [Fact]
    public void EncodeSkippingUnknown_UnknownWords_AreLeftOutWithTheirSpaceAndListedOnce()
    {
        WordTokenizer tokenizer = Of("the cat sat");
        int[] ids = tokenizer.EncodeSkippingUnknown("the old cat, old\uFFFD \U0001F600 sat", out IReadOnlyList<string> unknown);
        Assert.Equal("the cat  sat", tokenizer.Decode(ids));
        Assert.Equal(["old", ",", "\uFFFD", "\U0001F600"], unknown);
    }

    [Fact]
    public void Create_Corpus_OrdersByCountThenOrdinal() =>
        Assert.Equal(["\uFFFD", ",", " b", " B", "B", "a", "b", " "], Of("b, b,B b, B,a").Tokens);

    [Fact]
    public void Create_AnyCorpus_KnowsTheWordsThatOccurOftenEnoughAndAllElse() =>
        Gen.Select(Texts.Prose, Gen.Int[1, 4]).Sample((text, count) =>
    {
        WordTokenizer all = Of(text);
        IEnumerable<string> tokens = all.Encode(text).Select(id => all.Tokens[id]);
        IEnumerable<string> words = tokens.Where(token => WordSplitter.IsWord(token)).Select(token => token.TrimStart(' '));
        HashSet<string> rare = [.. words.CountBy(word => word).Where(entry => entry.Value < count).Select(entry => entry.Key)];
        WordTokenizer some = Of(text, count: count);
        some.EncodeSkippingUnknown(text, out IReadOnlyList<string> unknown);
        Assert.Equal(
            rare.Order(StringComparer.Ordinal), unknown.Where(token => token != WordTokenizer.UnknownToken).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(some.Tokens, token => rare.Contains(token.TrimStart(' ')));
    });

    [Fact]
    public void Create_TooManyTokens_KeepsTheMostFrequentAndCharactersFirst() =>
        Gen.Select(Texts.Prose, Gen.Int[2, 10]).Sample((text, size) =>
    {
        WordTokenizer all = Of(text);
        WordTokenizer some = Of(text, size);
        Assert.Equal(Math.Min(size, all.VocabularySize), some.VocabularySize);
        IEnumerable<string> byRank = all.Tokens.Skip(1).OrderBy(token => WordSplitter.IsWord(token)).Take(size - 1);
        Assert.Equal(all.Tokens.Where(token => token == WordTokenizer.UnknownToken || byRank.Contains(token)), some.Tokens);
    });

    [Fact]
    public void Create_WordOftenEnoughInBothFormsTogether_IsKeptWithoutItsSpace() =>
        Assert.Equal(["\uFFFD", " ", "b", "\n"], Of("b a b\nc", count: 2).Tokens);

    [Fact]
    public void Create_SameCorpusTwice_GivesTheSameTokens() => Texts.Prose.Sample(text => Assert.Equal(Of(text).Tokens, Of(text).Tokens));

    [Fact]
    public void Create_RareCharacters_AreKeptThoughWordsAreNot() =>
        Assert.Equal(["\uFFFD", " ", "!", "中", "\U0001F600"], Of("one!中\U0001F600 two", count: 2).Tokens);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public void Create_NumberTooSmall_IsRejected(int size, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Of("a", size, count));

    [Fact]
    public void FromTokens_TokensOfATokenizer_MakeTheSameAgain() => Texts.Prose.Sample(text =>
    {
        WordTokenizer tokenizer = Of(text);
        WordTokenizer again = WordTokenizer.FromTokens(tokenizer.Tokens, new(Lowercase: true));
        Assert.Equal(tokenizer.Tokens, again.Tokens);
        Assert.Equal(tokenizer.Encode(text), again.Encode(text));
        Assert.True(again.Normalization.Lowercase);
    });

    [Theory]
    [InlineData("", "The first token must be U+FFFD, which stands for unknown words.")]
    [InlineData("a", "The first token must be U+FFFD, which stands for unknown words.")]
    [InlineData("\uFFFD|a||b", "Token 2 is empty: leave it out.")]
    [InlineData("\uFFFD|a|\uFFFD", "Token 2 holds half a surrogate pair or U+FFFD, which only the first token is: leave it out.")]
    [InlineData("\uFFFD|a\uD83D", "Token 1 holds half a surrogate pair or U+FFFD, which only the first token is: leave it out.")]
    [InlineData("\uFFFD| a|b| a", "The tokens 1 and 3 are both '␣a': give each token once.")]
    public void FromTokens_Malformed_IsRefusedInASentence(string tokens, string message)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => WordTokenizer.FromTokens(tokens.Split('|')));
        Assert.Equal($"{message} (Parameter 'tokens')", exception.Message);
    }

    [Fact]
    public void UnknownTokenId_UnknownCharacter_IsItsId()
    {
        WordTokenizer tokenizer = Of("the cat");
        Assert.Equal(WordTokenizer.UnknownId, tokenizer.UnknownTokenId);
        int[] ids = tokenizer.Encode("the cat! cat");
        Assert.Equal(0.25, (double)ids.Count(id => id == tokenizer.UnknownTokenId) / ids.Length);
    }

    [Fact]
    public void GetDisplayText_Unknown_IsNamed() => Assert.Equal("<unknown>", Of("a").GetDisplayText(WordTokenizer.UnknownId));

    private static WordTokenizer Of(string text, int size = WordTokenizer.DefaultVocabularySize, int count = 1) =>
        WordTokenizer.Create(Corpus.FromText(text), size, count);
}

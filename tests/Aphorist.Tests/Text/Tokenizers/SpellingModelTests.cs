using System.Text;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Text.Tokenizers;

public sealed class SpellingModelTests
{
    private static readonly IEnumerable<Rune> AllCharacters =
        Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value));

    public static TheoryData<string, int, int> Vocabularies => new()
    {
        { "", 2, 1 },
        { "a a a", 2, 1 },
        { "the cat sat on the mat, and the hen sat too", 4, 2 },
        { "the cat sat on the mat, and the hen sat too", 100, 1 },
        { "中文没有空格。中文没有空格。\U0001F600", 3, 1 },
        { string.Concat(Enumerable.Repeat("many words that are left out, again and again\n", 100)), 5, 1 },
    };

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void GetLoss_AllWords_HaveProbabilitiesThatAddUpToOne(string text, int size, int count) =>
        AssertAddsUpToOne(Of(text, size, count));

    [Fact]
    public void GetLoss_UniformModel_HasProbabilitiesThatAddUpToOne() => AssertAddsUpToOne(SpellingModel.Uniform);

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void ExpectedLoss_AnyModel_IsTheMeanOfAllLosses(string text, int size, int count)
    {
        SpellingModel model = Of(text, size, count);
        (double end, _) = Ends(model);
        double characters = AllCharacters.Sum(character => Math.Exp(-Loss(character)) * Loss(character));
        double ends = -(end * Math.Log(end)) - ((1 - end) * Math.Log(1 - end));
        // There are 1 / end characters in a word, on average.
        Assert.Equal((characters + ends) / end, model.ExpectedLoss, 1e-6 * model.ExpectedLoss);

        double Loss(Rune character) => model.GetLoss(character.ToString()) + Math.Log(end);
    }

    [Fact]
    public void GetLoss_UniformModel_Is21BitsForEachCharacter()
    {
        double bits = Math.Log2(0x110000 - 0x800) + 1;
        Assert.Equal(bits, Bits(SpellingModel.Uniform, "a"), 1e-9);
        Assert.Equal(4 * bits, Bits(SpellingModel.Uniform, "abc\U0001F600"), 1e-9);
        Assert.True(SpellingModel.Uniform.IsUniform);
    }

    [Fact]
    public void GetLoss_CountedModel_PrefersWhatOccurs()
    {
        SpellingModel model = Of("tattle tittle tottle rattle rat", 5, 1);
        Assert.False(model.IsUniform);
        Assert.True(Bits(model, "tat") < Bits(model, "rar"));
        Assert.True(Bits(model, "rar") < Bits(model, "xyz"));
        Assert.True(Bits(model, "tat") < Bits(model, "tatt"));
        Assert.True(Bits(model, "tat") < Bits(SpellingModel.Uniform, "tat") / 3);
    }

    [Fact]
    public void GetLoss_EmptyWord_IsAnError() => Assert.Throws<ArgumentException>(() => SpellingModel.Uniform.GetLoss(""));

    [Fact]
    public void Create_WordsThatAreLeftOut_AreCountedAsTheyAreEncoded() =>
        Gen.Select(Texts.Prose, Gen.Int[2, 8], Gen.Int[1, 3]).Sample((prose, size, count) =>
    {
        string text = string.Concat(Enumerable.Repeat(prose + "\n", 400));
        WordTokenizer tokenizer = WordTokenizer.Create(Corpus.FromText(text), size, count);
        List<string> unknown = [];
        tokenizer.Encode(text, unknown);
        Rune[] characters =
            [.. unknown.Where(word => word != WordTokenizer.UnknownToken).SelectMany(word => word.EnumerateRunes()).Order()];
        if (characters.Length < 1000) return;
        Assert.Equal(string.Concat(characters.Distinct()), tokenizer.Spelling.Counts.Characters);
        Assert.Equal(characters.CountBy(character => character).Select(entry => (long)entry.Value), tokenizer.Spelling.Counts.Counts);
        Assert.Equal(unknown.Count(word => word != WordTokenizer.UnknownToken), tokenizer.Spelling.Counts.Words);
    });

    [Fact]
    public void Create_FewWordsLeftOut_CountsAllWordsWithThem()
    {
        SpellingModel model = Of("the cat and the cat", 100, 2);
        Assert.Equal("acdehnt", model.Counts.Characters);
        // "and" is missing, so it is counted twice.
        Assert.Equal([4, 2, 2, 2, 2, 2, 4], model.Counts.Counts);
        Assert.Equal(6, model.Counts.Words);
    }

    private static void AssertAddsUpToOne(SpellingModel model)
    {
        (double end, double next) = Ends(model);
        // The probabilities of all words of one character; those of two have each of them once more, and so on.
        double one = AllCharacters.Sum(character => Math.Exp(-model.GetLoss(character.ToString())));
        Assert.Equal(end, one, 1e-6 * end);
        Assert.Equal(1, one / (1 - (one * next / end)), 1e-6);
        // Each further character costs what it costs alone, and that the word continues before it instead of ending.
        foreach ((string first, string second) in ((string, string)[])[("a", "b"), ("中", "\U0001F600"), ("the", "cat")])
        {
            double separate = model.GetLoss(first) + model.GetLoss(second) + Math.Log(end) - Math.Log(next);
            Assert.Equal(separate, model.GetLoss(first + second), 1e-9);
        }
    }

    /// <summary>The probabilities that a word ends, or continues, after a character.</summary>
    private static (double End, double Next) Ends(SpellingModel model)
    {
        double ratio = Math.Exp(2 * model.GetLoss("a") - model.GetLoss("aa"));
        // The ratio is next / end, and both add up to 1.
        return (1 / (1 + ratio), ratio / (1 + ratio));
    }

    private static double Bits(SpellingModel model, string word) => model.GetLoss(word) / Math.Log(2);

    private static SpellingModel Of(string text, int size, int count) => WordTokenizer.Create(Corpus.FromText(text), size, count).Spelling;
}

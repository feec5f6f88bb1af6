using Aphorist.Cli.Commands.Play;

namespace Aphorist.Cli.Tests.Commands.Play;

public sealed class SuggestionSearchTests(TrainedModel trained)
{
    [Theory]
    [InlineData("")]
    [InlineData("the ")]
    [InlineData("the c")]
    [InlineData("the cat")]
    public void Found_OfCharacters_AreTheMostLikelyWordsAndHowLikelyTheyAre(string text)
    {
        LanguageModel model = LanguageModel.Load(trained.File);
        Dictionary<string, double> expected = Words(model, text);

        IReadOnlyList<Suggestion> found = Found(model, text);

        Assert.Equal(SuggestionSearch.MaximumResults, found.Count);
        foreach ((string word, double probability) in found) Assert.Equal(expected[word], probability, 1e-9);
        Assert.Equal(expected.OrderByDescending(one => one.Value).Take(found.Count).Select(one => one.Key), found.Select(one => one.Text));
    }

    [Fact]
    public void Found_OfWords_AreTheMostLikelyTokens()
    {
        LanguageModel model = OfWords();
        using GenerationSession session = new TextGenerator(model).CreateSession();
        session.Append("the cat.");
        Prediction prediction = session.Predict();
        double known = 1 - Math.Exp(prediction.LogProbabilities[WordTokenizer.UnknownId]);

        IReadOnlyList<Suggestion> found = Found(model, "the cat.");

        IEnumerable<int> candidates = prediction.GetMostLikely(model.Tokenizer.VocabularySize).Where(id => id != WordTokenizer.UnknownId);
        int[] mostLikely = [.. candidates.Take(SuggestionSearch.MaximumResults)];
        Assert.Equal(mostLikely.Select(id => model.Tokenizer.Decode([id])), found.Select(one => one.Text));
        for (int place = 0; place < mostLikely.Length; place++)
            Assert.Equal(Math.Exp(prediction.LogProbabilities[mostLikely[place]]) / known, found[place].Probability, 1e-9);
    }

    [Fact]
    public void Found_OfWordsThatAreBegun_EndThemOrGoOnAfterThem()
    {
        IReadOnlyList<Suggestion> found = Found(OfWords(), "the ca");

        // Known are " cat", " cats" and " car".
        Assert.Equal(["r", "t", "ts"], found.Select(one => one.Text).Order(StringComparer.Ordinal));
        Assert.Equal(1, found.Sum(one => one.Probability), 1e-9);

        found = Found(OfWords(), "the cat");
        Assert.Contains(found, one => one.Text == "s");
        Assert.Contains(found, one => one.Text.StartsWith(' '));
        Assert.Equal(found.Count, found.Select(one => one.Text).Distinct().Count());
    }

    [Fact]
    public void Found_OfBytes_AreWholeCharacters()
    {
        LanguageModel model = LanguageModel.Create(ModelSpec.Notebook with { HiddenSize = 8 }, new ByteTokenizer(), seed: 1);

        IReadOnlyList<Suggestion> found = Found(model, "中");

        Assert.NotEmpty(found);
        Assert.All(found, one => Assert.InRange(one.Probability, double.Epsilon, 1));
    }

    [Fact]
    public void Found_OfAModelThatKnowsNothing_ComesToAnEnd()
    {
        LanguageModel model = LanguageModel.Create(
            ModelSpec.Notebook with { HiddenSize = 8 }, CharacterTokenizer.FromCharacters("abcdefghijklmnopqrstuvwxyz"), seed: 1);

        IReadOnlyList<Suggestion> found = Found(model, "a");

        Assert.Equal(found.OrderByDescending(one => one.Probability), found);
    }

    private static LanguageModel OfWords() => LanguageModel.Create(
        ModelSpec.Notebook with { HiddenSize = 8 }, WordTokenizer.FromTokens(
            ["\uFFFD", "the", " cat", " cats", " car", " ", ".", " sat", "c", "a", "t"]), seed: 1);

    private static IReadOnlyList<Suggestion> Found(LanguageModel model, string text)
    {
        PartialWord open = PartialWord.ForSuggestions(text, model.Tokenizer);
        using GenerationSession session = new TextGenerator(model).CreateSession();
        foreach (int id in open.Ids) session.Append(id);
        SuggestionSearch search = new(model.Tokenizer, session, open, SuggestionSearch.FindTokensWithinWords(model.Tokenizer));
        while (search.Advance())
        {
        }

        return search.Results;
    }

    /// <summary>All that may come next and is not too unlikely, found by trying everything.</summary>
    private static Dictionary<string, double> Words(LanguageModel model, string text)
    {
        Dictionary<string, double> words = [];
        using GenerationSession session = new TextGenerator(model).CreateSession();
        session.Append(text);
        Follow(session, "", 1);
        return words;

        void Follow(GenerationSession before, string word, double probability)
        {
            const double TooUnlikely = 1e-4;
            double[] next = [.. before.Predict().LogProbabilities.ToArray().Select(Math.Exp)];
            bool isWord = word.Length > 0 && char.IsLetter(word[^1]);
            double end = 0;
            for (int id = 0; id < next.Length; id++)
            {
                string character = model.Tokenizer.Decode([id]);
                if (isWord && !char.IsLetter(character[0])) end += next[id];
                else if (character == " " || char.IsLetter(character[0]))
                {
                    if (probability * next[id] < TooUnlikely || word.Length > 20) continue;
                    using GenerationSession after = before.Fork();
                    after.Append(id);
                    Follow(after, word + character, probability * next[id]);
                }
                else words.Add(word + character, probability * next[id]);
            }

            if (isWord) words.Add(word, probability * end);
        }
    }
}

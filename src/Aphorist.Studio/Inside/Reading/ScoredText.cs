using Aphorist.Training;

namespace Aphorist.Studio.Inside.Reading;

/// <summary>What to keep of a text that is scored.</summary>
/// <param name="Passages">The number of most surprising passages.</param>
/// <param name="Shown">The number of tokens that the page shows, from the first one on.</param>
/// <param name="UnknownCharacters">The number of characters that are left out because the model does not know them.</param>
public sealed record ScoringOptions(int Passages, int Shown, long UnknownCharacters = 0);

/// <summary>How surprising a text is to a model.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Name">The name of the text.</param>
/// <param name="Tokenizer">The tokenizer of the model.</param>
/// <param name="Total">The totals over all tokens, the first one included.</param>
/// <param name="ExpectedLoss">The expected surprisal in nats, spelling of unknown words included.</param>
/// <param name="Passages">The most surprising passages, most surprising first.</param>
/// <param name="Beginning">The tokens that the page shows.</param>
public sealed record ScoredText(
    string Model,
    string Name,
    Tokenizer Tokenizer,
    Evaluation Total,
    double ExpectedLoss,
    IReadOnlyList<Passage> Passages,
    IReadOnlyList<ScoredToken> Beginning)
{
    private const int Alternatives = 6;
    private const int BlockLength = 4096;

    /// <summary>The expected surprisal in bits per character that the model read.</summary>
    public double ExpectedBitsPerCharacter => ExpectedLoss / Math.Log(2) / (Total.Characters - Total.SkippedCharacters);

    /// <summary>Reads a text of any length.</summary>
    /// <param name="name">The name of the model.</param>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The text, normalized as the tokenizer of the model requires.</param>
    /// <param name="options">What to keep.</param>
    /// <param name="progress">Receives the number of tokens read.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="UnknownCharacterException">
    /// The text has a character that is not in the vocabulary, and <see cref="ScoringOptions.UnknownCharacters"/> is 0.
    /// </exception>
    public static ScoredText Read(
        string name,
        LanguageModel model,
        Corpus corpus,
        ScoringOptions options,
        IProgress<CorpusProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        bool skips = options.UnknownCharacters > 0;
        long count = skips ? corpus.CharacterCount - options.UnknownCharacters : corpus.CountTokens(model.Tokenizer, cancellationToken);
        SurprisingPassages passages = new(options.Passages);
        List<ScoredToken> beginning = [];
        Evaluation total = default;
        double expected = 0;
        ScoreOptions scoring = new()
        {
            Alternatives = Alternatives,
            MaxTokensWithAlternatives = options.Shown,
            UnknownCharacters = skips ? UnknownCharacterPolicy.Skip : UnknownCharacterPolicy.Error,
        };
        TextGenerator reader = new(model, GenerationMode.Stateful);
        foreach (ScoredToken token in reader.ScoreTokens(corpus, scoring, cancellationToken))
        {
            total += new Evaluation(1, -token.LogProbability, token.Rank == 1 ? 1 : 0, token.CharacterCount)
            {
                UnknownTokens = token.Id == model.Tokenizer.UnknownTokenId ? 1 : 0,
                SpellingLoss = token.SpellingLoss,
            };
            expected += token.Entropy + token.ExpectedSpellingLoss;
            passages.Add(token);
            if (beginning.Count < options.Shown) beginning.Add(token);
            if (total.Count % BlockLength == 0) progress?.Report(new(CorpusStage.Read, corpus.Name, total.Count, count));
        }

        total += new Evaluation(0, 0, 0, options.UnknownCharacters)
        {
            SkippedCharacters = options.UnknownCharacters,
            SpellingLoss = options.UnknownCharacters * SpellingModel.Uniform.GetLoss("\uFFFD"),
        };
        return new(name, corpus.Name, model.Tokenizer, total, expected, passages.Finish(), beginning);
    }
}

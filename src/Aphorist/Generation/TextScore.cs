namespace Aphorist;

/// <summary>Options for scoring a text.</summary>
/// <remarks>A property that is set to a value out of its range throws <see cref="InvalidOptionsException"/>.</remarks>
public sealed record ScoreOptions
{
    /// <summary>The number of most likely tokens to return with each token: 0 or more. 5 by default.</summary>
    public int Alternatives { get; init => field = GenerationOptions.Check(value, value >= 0, "0 or more"); } = 5;

    /// <summary>
    /// The number of tokens, from the first one on, that are returned with <see cref="Alternatives"/>: 0 or more. The alternatives of later
    /// tokens are empty, which saves time for long texts. No limit by default.
    /// </summary>
    public long MaxTokensWithAlternatives { get; init => field = GenerationOptions.Check(value, value >= 0, "0 or more"); } = long.MaxValue;

    /// <summary>What to do with characters or words that the model does not know. An error by default.</summary>
    public UnknownCharacterPolicy UnknownCharacters { get; init; }
}

/// <summary>
/// How surprising a text is to a model. Losses and perplexity are those of the model's tokens. Only <see cref="BitsPerCharacter"/> also
/// contains what it costs to write the words and characters that the vocabulary lacks.
/// </summary>
/// <param name="Tokens">All tokens of the text. The first one is predicted from a zero state.</param>
/// <param name="CharacterCount">The number of characters of the tokens. An unknown word counts with its length.</param>
public sealed record TextScore(IReadOnlyList<ScoredToken> Tokens, int CharacterCount)
{
    /// <summary>The loss of all tokens in nats: the negative natural logarithm of their probability.</summary>
    public double TotalLoss => -Tokens.Sum(token => token.LogProbability);

    /// <summary>The mean loss in nats per token.</summary>
    public double LossPerToken => TotalLoss / Tokens.Count;

    /// <summary>
    /// The loss in bits per character, which can be compared between models with different tokenizers. Unknown words cost their spelling,
    /// and skipped characters 21 bits each, see <see cref="SpellingModel.Uniform"/>.
    /// </summary>
    public double BitsPerCharacter => (Tokens.Sum(token => token.Bits) + SkippedBits) / (CharacterCount + SkippedCharacters);

    /// <summary>The number of tokens that stand for unknown words.</summary>
    public int UnknownTokens { get; init; }

    /// <summary>The number of characters that were left out, see <see cref="ScoreOptions.UnknownCharacters"/>.</summary>
    public int SkippedCharacters { get; init; }

    /// <summary>The perplexity per token: e to the power of <see cref="LossPerToken"/>.</summary>
    public double Perplexity => Math.Exp(LossPerToken);

    private double SkippedBits =>
        SkippedCharacters == 0 ? 0 : SkippedCharacters * SpellingModel.Uniform.GetLoss("\uFFFD") / Math.Log(2);
}

/// <summary>
/// A token of a text with the model's prediction for its place. Probabilities are those of the model, before any sampling option.
/// </summary>
public sealed record ScoredToken
{
    /// <summary>
    /// The text that the token adds; the texts of all tokens joined are the whole text. The unknown token has the word that it stands for.
    /// If several bytes form a character, the last one has the character and the others an empty text.
    /// </summary>
    public required string Text { get; init; }

    /// <summary>The number of characters; 0 for all but the first byte of a character. An unknown word has its length.</summary>
    public required int CharacterCount { get; init; }

    /// <summary>The token in a readable form, as returned by <see cref="Tokenizer.GetDisplayText"/>.</summary>
    public required string DisplayText { get; init; }

    /// <summary>The id of the token.</summary>
    public required int Id { get; init; }

    /// <summary>The natural logarithm of the token's probability: 0 or less. For an unknown word, that of the unknown token.</summary>
    public required double LogProbability { get; init; }

    /// <summary>The rank of the token: 1 for the most likely one.</summary>
    public required int Rank { get; init; }

    /// <summary>The entropy of the prediction in nats, which is the expected surprisal of the token.</summary>
    public required double Entropy { get; init; }

    /// <summary>What it costs in nats to write an unknown word, see <see cref="Tokenizer.Spelling"/>; 0 for other tokens.</summary>
    public double SpellingLoss { get; init; }

    /// <summary>The expected <see cref="SpellingLoss"/>: that of any unknown word, times the probability of the unknown token.</summary>
    public double ExpectedSpellingLoss { get; init; }

    /// <summary>The most likely tokens, most likely first. The token itself is among them if it was likely enough.</summary>
    public required IReadOnlyList<TokenCandidate> Alternatives { get; init; }

    /// <summary>The surprisal in bits, -log2 p: 0 if the model was certain. That of an unknown word contains its spelling.</summary>
    public double Bits => (SpellingLoss - LogProbability) / Math.Log(2);

    /// <summary>The expected surprisal in bits, spelling included.</summary>
    public double ExpectedBits => (Entropy + ExpectedSpellingLoss) / Math.Log(2);
}

/// <summary>A token that the model considered.</summary>
/// <param name="Id">The id of the token.</param>
/// <param name="DisplayText">The token in a readable form, as returned by <see cref="Tokenizer.GetDisplayText"/>.</param>
/// <param name="Probability">The probability of the token: 0 to 1.</param>
public sealed record TokenCandidate(int Id, string DisplayText, double Probability);

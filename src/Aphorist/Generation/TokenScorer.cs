namespace Aphorist.Generation;

/// <summary>Creates the <see cref="ScoredToken"/>s of one text, and finds the part of the text that each of them adds.</summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="alternatives">The number of most likely tokens to return with each token.</param>
/// <param name="maxTokensWithAlternatives">The number of tokens, from the first one on, that get alternatives.</param>
internal sealed class TokenScorer(Tokenizer tokenizer, int alternatives, long maxTokensWithAlternatives)
{
    private readonly TokenDecoder decoder = tokenizer.CreateDecoder();
    private readonly Prediction prediction = new(tokenizer.VocabularySize);
    private readonly string?[] displayTexts = new string?[tokenizer.VocabularySize];
    private readonly Queue<ScoredToken> waiting = [];
    private string unclaimed = "";
    private long count;

    /// <summary>Adds the next token.</summary>
    /// <param name="id">The token.</param>
    /// <param name="logits">[V], the logits that predicted it.</param>
    public void Add(int id, ReadOnlySpan<float> logits)
    {
        prediction.Update(logits);
        waiting.Enqueue(new ScoredToken
        {
            Text = decoder.Append(id),
            DisplayText = DisplayText(id),
            Id = id,
            LogProbability = prediction.LogProbabilities[id],
            Rank = prediction.GetRank(id),
            Entropy = prediction.Entropy,
            Alternatives = count++ < maxTokensWithAlternatives ? MostLikely() : [],
        });
    }

    /// <summary>Returns each token as soon as its text is certain.</summary>
    /// <param name="pieces">The text, piece by piece. Reading a piece calls <see cref="Add"/> for the tokens before it.</param>
    public IEnumerable<ScoredToken> Tokens(IEnumerable<string> pieces)
    {
        foreach (string piece in pieces)
        {
            unclaimed += piece;
            // The last token waits, because the end of the text may add to its text or cut it.
            while (waiting.Count > 1 && unclaimed.Length > 0 && unclaimed.Length >= waiting.Peek().Text.Length) yield return Take();
        }

        // Tokens that are left without a text belong to the stop sequence.
        while (waiting.Count > 0 && unclaimed.Length > 0) yield return Take();
    }

    private ScoredToken Take()
    {
        ScoredToken token = waiting.Dequeue();
        string text = waiting.Count == 0 ? unclaimed : unclaimed[..Math.Min(token.Text.Length, unclaimed.Length)];
        unclaimed = unclaimed[text.Length..];
        return text == token.Text ? token : token with { Text = text };
    }

    private TokenCandidate[] MostLikely()
    {
        IReadOnlyList<int> ids = prediction.GetMostLikely(alternatives);
        return [.. ids.Select(id => new TokenCandidate(id, DisplayText(id), Math.Exp(prediction.LogProbabilities[id])))];
    }

    private string DisplayText(int id) => displayTexts[id] ??= tokenizer.GetDisplayText(id);
}

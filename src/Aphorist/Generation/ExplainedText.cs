namespace Aphorist.Generation;

/// <summary>Explains the tokens of one text, and finds out which of its text is whose.</summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="alternatives">How many of the likeliest tokens to name for each.</param>
/// <param name="most">For how many tokens at most; after them, none are named.</param>
internal sealed class ExplainedText(Tokenizer tokenizer, int alternatives, long most = long.MaxValue)
{
    private readonly TokenDecoder decoder = tokenizer.CreateDecoder();
    private readonly Prediction prediction = new(tokenizer.VocabularySize);
    private readonly string?[] names = new string?[tokenizer.VocabularySize];
    private readonly Queue<ScoredToken> waiting = [];
    private string certain = "";
    private long count;

    /// <summary>Takes the next token.</summary>
    /// <param name="id">The token.</param>
    /// <param name="logits">[V], those by which it was predicted.</param>
    public void Add(int id, ReadOnlySpan<float> logits)
    {
        prediction.Become(logits);
        waiting.Enqueue(new ScoredToken
        {
            Text = decoder.Append(id),
            DisplayText = NameOf(id),
            Id = id,
            LogProbability = prediction.LogProbabilities[id],
            Rank = prediction.GetRank(id),
            Entropy = prediction.Entropy,
            Alternatives = count++ < most ? Likeliest() : [],
        });
    }

    /// <summary>The tokens whose text is certain, while whoever writes or reads the text adds them.</summary>
    /// <param name="pieces">What is certain of the text, piece by piece.</param>
    public IEnumerable<ScoredToken> TokensOf(IEnumerable<string> pieces)
    {
        foreach (string piece in pieces)
        {
            certain += piece;
            // The last one waits, since the end of the text may add to it or take from it.
            while (waiting.Count > 1 && certain.Length > 0 && certain.Length >= waiting.Peek().Text.Length) yield return Take();
        }

        // What is left without a text belongs to the stop text.
        while (waiting.Count > 0 && certain.Length > 0) yield return Take();
    }

    private ScoredToken Take()
    {
        ScoredToken token = waiting.Dequeue();
        string text = waiting.Count == 0 ? certain : certain[..Math.Min(token.Text.Length, certain.Length)];
        certain = certain[text.Length..];
        return text == token.Text ? token : token with { Text = text };
    }

    private TokenCandidate[] Likeliest() =>
        [.. prediction.GetMostLikely(alternatives).Select(id => new TokenCandidate(id, NameOf(id), Math.Exp(prediction.LogProbabilities[id])))];

    private string NameOf(int id) => names[id] ??= tokenizer.GetDisplayText(id);
}

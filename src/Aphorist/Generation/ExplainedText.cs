using Aphorist.Text;

namespace Aphorist.Generation;

/// <summary>Explains the tokens of one text, and finds out which of its text is whose.</summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="alternatives">How many of the likeliest tokens to name for each.</param>
/// <param name="most">For how many tokens at most; after them, none are named.</param>
internal sealed class ExplainedText(ITokenizer tokenizer, int alternatives, long most = long.MaxValue)
{
    private readonly TokenDecoder decoder = tokenizer.CreateDecoder();
    private readonly Prediction prediction = new(tokenizer.Count);
    private readonly string?[] names = new string?[tokenizer.Count];
    private readonly Queue<ExplainedToken> waiting = [];
    private string certain = "";
    private long count;

    /// <summary>Takes the next token.</summary>
    /// <param name="id">The token.</param>
    /// <param name="logits">[V], those by which it was predicted.</param>
    public void Add(int id, ReadOnlySpan<float> logits)
    {
        prediction.Become(logits);
        waiting.Enqueue(new ExplainedToken
        {
            Text = decoder.Add(id),
            Shown = NameOf(id),
            Id = id,
            LogProbability = prediction.LogProbabilities[id],
            Rank = prediction.RankOf(id),
            Entropy = prediction.Entropy,
            Alternatives = count++ < most ? Likeliest() : [],
        });
    }

    /// <summary>The tokens whose text is certain, while whoever writes or reads the text adds them.</summary>
    /// <param name="pieces">What is certain of the text, piece by piece.</param>
    public IEnumerable<ExplainedToken> TokensOf(IEnumerable<string> pieces)
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

    private ExplainedToken Take()
    {
        ExplainedToken token = waiting.Dequeue();
        string text = waiting.Count == 0 ? certain : certain[..Math.Min(token.Text.Length, certain.Length)];
        certain = certain[text.Length..];
        return text == token.Text ? token : token with { Text = text };
    }

    private LikelyToken[] Likeliest() =>
        [.. prediction.Likeliest(alternatives).Select(id => new LikelyToken(id, NameOf(id), Math.Exp(prediction.LogProbabilities[id])))];

    private string NameOf(int id) => names[id] ??= tokenizer.Show(id);
}

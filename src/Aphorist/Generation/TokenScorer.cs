using System.Diagnostics.CodeAnalysis;

namespace Aphorist.Generation;

/// <summary>Creates the <see cref="ScoredToken"/>s of one text, and finds the part of the text that each of them adds.</summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="alternatives">The number of most likely tokens to return with each token.</param>
/// <param name="maxTokensWithAlternatives">The number of tokens, from the first one on, that get alternatives.</param>
/// <param name="knowsWords">Whether the tokens come with the unknown words, whose spelling then costs something.</param>
internal sealed class TokenScorer(Tokenizer tokenizer, int alternatives, long maxTokensWithAlternatives, bool knowsWords)
{
    private readonly TokenDecoder decoder = tokenizer.CreateDecoder();
    private readonly Prediction prediction = new(tokenizer.VocabularySize);
    private readonly string?[] displayTexts = new string?[tokenizer.VocabularySize];
    private readonly Queue<ScoredToken> waiting = [];
    private string unclaimed = "";
    private long count;

    /// <summary>Adds the next token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="logits">[V], the logits that predicted it.</param>
    public void Add(EncodedToken token, ReadOnlySpan<float> logits)
    {
        prediction.Update(logits);
        (int id, string? word) = token;
        waiting.Enqueue(new ScoredToken
        {
            Text = word ?? decoder.Append(id),
            CharacterCount = word is null ? tokenizer.CountCharacters([id]) : word.EnumerateRunes().Count(),
            DisplayText = DisplayText(id),
            Id = id,
            LogProbability = prediction.LogProbabilities[id],
            Rank = prediction.GetRank(id),
            Entropy = prediction.Entropy,
            SpellingLoss = word is null ? 0 : tokenizer.Spelling!.GetLoss(word),
            ExpectedSpellingLoss = knowsWords && tokenizer is { Spelling: { } spelling, UnknownTokenId: int unknown }
                ? Math.Exp(prediction.LogProbabilities[unknown]) * spelling.ExpectedLoss
                : 0,
            Alternatives = count++ < maxTokensWithAlternatives ? MostLikely() : [],
        });
    }

    /// <summary>Returns each token as soon as its text is certain.</summary>
    /// <param name="pieces">The text, piece by piece. Reading a piece calls <see cref="Add"/> for the tokens before it.</param>
    public IEnumerable<ScoredToken> Tokens(IEnumerable<string> pieces)
    {
        foreach (string piece in pieces)
        {
            AddText(piece);
            while (TryTake(isEnd: false, out ScoredToken? token)) yield return token;
        }

        while (TryTake(isEnd: true, out ScoredToken? token)) yield return token;
    }

    /// <summary>Adds the next piece of the text, to which the tokens added before it belong.</summary>
    public void AddText(string piece) => unclaimed += piece;

    /// <summary>Returns the next token whose text is certain.</summary>
    /// <param name="isEnd">
    /// Whether the text is complete. Until then the last token waits, because the end of the text may add to its text or cut it. Then
    /// tokens that are left without a text belong to the stop sequence, and are not returned.
    /// </param>
    /// <param name="token">The token.</param>
    public bool TryTake(bool isEnd, [NotNullWhen(true)] out ScoredToken? token)
    {
        bool isCertain = isEnd ? waiting.Count > 0 : waiting.Count > 1 && unclaimed.Length >= waiting.Peek().Text.Length;
        token = isCertain && unclaimed.Length > 0 ? Take() : null;
        return token is not null;
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

/// <summary>A token of a text.</summary>
/// <param name="Id">The id.</param>
/// <param name="UnknownWord">What the unknown token stands for, where that is known; null for all other tokens.</param>
internal readonly record struct EncodedToken(int Id, string? UnknownWord = null)
{
    /// <summary>Encodes a text, block by block.</summary>
    /// <param name="blocks">The text, normalized, in blocks that end where a token ends.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="skipsUnknownCharacters">Whether unknown characters are left out. Unknown words never are.</param>
    public static IEnumerable<EncodedToken> Of(IEnumerable<string> blocks, Tokenizer tokenizer, bool skipsUnknownCharacters = false)
    {
        if (skipsUnknownCharacters && tokenizer is CharacterTokenizer)
        {
            foreach (string block in blocks)
                foreach (int id in tokenizer.EncodeSkippingUnknown(block, out _)) yield return new(id);
            yield break;
        }

        List<string> words = [];
        foreach (string block in blocks)
        {
            words.Clear();
            int word = 0;
            foreach (int id in tokenizer.Encode(block, words)) yield return new(id, id == tokenizer.UnknownTokenId ? words[word++] : null);
        }
    }
}

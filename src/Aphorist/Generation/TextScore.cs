namespace Aphorist;

/// <summary>How surprising a text was to a model.</summary>
/// <param name="Tokens">All its tokens, the first one predicted from a zero state, before anything was read.</param>
/// <param name="Characters">How many characters (Unicode scalar values) they stand for, as <see cref="Tokenizer.CountCharacters"/> counts them.</param>
public sealed record TextScore(IReadOnlyList<ScoredToken> Tokens, int Characters)
{
    /// <summary>The surprise of the whole text in nats: -log of the probability of its tokens.</summary>
    public double TotalLoss => -Tokens.Sum(token => token.LogProbability);

    /// <summary>The mean surprise in nats per token.</summary>
    public double LossPerToken => TotalLoss / Tokens.Count;

    /// <summary>The surprise in bits for each character, which is what models with different tokens are compared by.</summary>
    public double BitsPerCharacter => TotalLoss / Math.Log(2) / Characters;

    /// <summary>e to the mean surprise: as uncertain as a choice between so many equally likely tokens.</summary>
    public double Perplexity => Math.Exp(LossPerToken);
}

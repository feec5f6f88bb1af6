namespace Aphorist.Generation.Sampling;

/// <summary>Divides the positive logits of recent tokens by the penalty and multiplies the negative ones by it, however often they occurred (Keskar et al., 2019, "CTRL").</summary>
internal sealed class RepetitionPenalty(float penalty) : ILogitsProcessor
{
    public void Apply(Span<float> logits, RecentTokens recent)
    {
        // The smaller one is the quotient where the logit is positive, and the product where it is negative, without a jump that would often be foretold wrongly.
        foreach (int id in recent.Distinct) logits[id] = Math.Min(logits[id] / penalty, logits[id] * penalty);
    }
}

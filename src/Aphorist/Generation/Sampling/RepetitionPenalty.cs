namespace Aphorist.Generation.Sampling;

/// <summary>
/// Divides the positive logits of recent tokens by the penalty and multiplies the negative ones by it, however often a token occurred
/// (Keskar et al., 2019, "CTRL").
/// </summary>
internal sealed class RepetitionPenalty(float penalty) : ILogitsProcessor
{
    public SamplingStepKind Kind => SamplingStepKind.RepetitionPenalty;

    public void Apply(Span<float> logits, RecentTokens recent)
    {
        // The penalty is above 1, so the smaller result is the quotient of a positive logit and the product of a negative one. No branch.
        foreach (int id in recent.Distinct) logits[id] = Math.Min(logits[id] / penalty, logits[id] * penalty);
    }
}

namespace Aphorist.Generation.Sampling;

/// <summary>
/// Subtracts from the logit of each recent token the frequency penalty times its occurrences, and the presence penalty once.
/// </summary>
internal sealed class FrequencyPenalty(float frequency, float presence) : ILogitsProcessor
{
    public SamplingStepKind Kind => SamplingStepKind.FrequencyPenalty;

    public void Apply(Span<float> logits, RecentTokens recent)
    {
        foreach (int id in recent.Distinct) logits[id] -= frequency * recent.CountOf(id) + presence;
    }
}

namespace Aphorist.Generation.Sampling;

/// <summary>Takes from the logit of each recent token the frequency penalty times how often it occurred, and the presence penalty once.</summary>
internal sealed class FrequencyPenalty(float frequency, float presence) : ILogitsProcessor
{
    public void Apply(Span<float> logits, RecentTokens recent)
    {
        foreach (int id in recent.Distinct) logits[id] -= frequency * recent.CountOf(id) + presence;
    }
}

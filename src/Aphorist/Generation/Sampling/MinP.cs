namespace Aphorist.Generation.Sampling;

/// <summary>
/// Keeps the tokens that are at least p times as likely as the most likely one (Nguyen et al., 2024, "Turning up the heat").
/// </summary>
internal sealed class MinP(double p) : ISamplerFilter
{
    public SamplingStepKind Kind => SamplingStepKind.MinP;

    public void Apply(Candidates candidates)
    {
        double minimum = p * candidates.WeightAt(0);
        int count = 1;
        while (count < candidates.Count && candidates.WeightAt(count) >= minimum) count++;
        candidates.KeepMostLikely(count);
    }
}

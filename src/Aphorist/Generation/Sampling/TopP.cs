namespace Aphorist.Generation.Sampling;

/// <summary>
/// Keeps the nucleus: the smallest set of most likely tokens whose total probability is at least p (Holtzman et al., 2020, "The curious
/// case of neural text degeneration").
/// </summary>
internal sealed class TopP(double p) : ISamplerFilter
{
    public SamplingStepKind Kind => SamplingStepKind.TopP;

    public void Apply(Candidates candidates) => candidates.KeepProbability(p);
}

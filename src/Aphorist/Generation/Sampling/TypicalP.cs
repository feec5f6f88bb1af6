namespace Aphorist.Generation.Sampling;

/// <summary>
/// Keeps the tokens whose surprisal is nearest to the entropy: the smallest set whose total probability is at least p (Meister et al.,
/// 2023, "Locally typical sampling").
/// </summary>
internal sealed class TypicalP(double p) : ISamplerFilter
{
    public SamplingStepKind Kind => SamplingStepKind.TypicalP;

    public void Apply(Candidates candidates)
    {
        candidates.OrderByTypicality();
        candidates.KeepProbability(p);
    }
}

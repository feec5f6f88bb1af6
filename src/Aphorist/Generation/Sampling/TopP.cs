namespace Aphorist.Generation.Sampling;

/// <summary>The nucleus: as few of the likeliest tokens as together have at least the probability p (Holtzman et al., 2020, "The curious case of neural text degeneration").</summary>
internal sealed class TopP(double p) : ISamplerFilter
{
    public void Apply(Candidates candidates) => candidates.KeepLikeliest(Nucleus.CountOf(candidates, p));
}

namespace Aphorist.Generation.Sampling;

/// <summary>The tokens that are at least p times as likely as the likeliest (Nguyen et al., 2024, "Turning up the heat: min-p sampling").</summary>
internal sealed class MinP(double p) : ISamplerFilter
{
    public void Apply(Candidates candidates)
    {
        double least = p * candidates.WeightAt(0);
        int count = 1;
        while (count < candidates.Count && candidates.WeightAt(count) >= least) count++;
        candidates.KeepLikeliest(count);
    }
}

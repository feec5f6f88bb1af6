namespace Aphorist.Generation.Sampling;

/// <summary>Only the k likeliest tokens (Fan, Lewis, Dauphin, 2018, "Hierarchical neural story generation").</summary>
internal sealed class TopK(int k) : ISamplerFilter
{
    public void Apply(Candidates candidates) => candidates.KeepLikeliest(k);
}

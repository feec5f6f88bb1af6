namespace Aphorist.Generation.Sampling;

/// <summary>
/// The tokens whose surprise -log p is nearest to what is expected, the entropy H: as few of them as together have at least the probability
/// (Meister et al., 2023, "Locally typical sampling").
/// </summary>
internal sealed class TypicalP(double probability) : ISamplerFilter
{
    public void Apply(Candidates candidates)
    {
        candidates.OrderByTypicality();
        candidates.KeepLikeliest(Nucleus.CountOf(candidates, probability));
    }
}

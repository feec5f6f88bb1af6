namespace Aphorist.Generation.Strategies;

/// <summary>
/// The tokens whose surprise -log p is nearest to what is expected, the entropy H: as few of them as together have at least the probability
/// (Meister et al., 2023, "Locally typical sampling").
/// </summary>
internal sealed class TypicalP : ICandidateFilter
{
    private readonly double probability;
    private readonly Func<double, double> score;
    private double entropy;

    public TypicalP(double probability) =>
        // What cannot be is surprising without end, and is drawn never.
        (this.probability, score) = (probability, p => p > 0 ? -Math.Abs(-Math.Log(p) - entropy) : double.NegativeInfinity);

    public void Apply(Candidates candidates)
    {
        entropy = candidates.Entropy();
        candidates.OrderBy(score);
        candidates.KeepLikeliest(Nucleus.CountOf(candidates, probability));
    }
}

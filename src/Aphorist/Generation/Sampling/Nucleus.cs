namespace Aphorist.Generation.Sampling;

/// <summary>How many candidates, in their order, have a probability together.</summary>
internal static class Nucleus
{
    /// <summary>The least number of candidates, from the first on, whose probabilities add up to p.</summary>
    public static int CountOf(Candidates candidates, double p)
    {
        double missing = p * candidates.TotalWeight();
        for (int count = 1; count < candidates.Count; count++)
        {
            missing -= candidates.WeightAt(count - 1);
            if (missing <= 0) return count;
        }

        return candidates.Count;
    }
}

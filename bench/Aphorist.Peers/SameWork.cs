namespace Aphorist.Peers;

/// <summary>A ratio means something only if both sides compute the same, so the first losses are compared.</summary>
internal static class SameWork
{
    private const double Tolerance = 1e-4;

    /// <summary>Compares two mean losses of the same batch under the same parameters.</summary>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    public static void Require(double ours, double theirs)
    {
        // Written so that a loss that is not a number fails too.
        if (!(Math.Abs(ours - theirs) <= Tolerance))
            throw new InvalidOperationException($"The two sides do not compute the same: loss {ours:F6} here, {theirs:F6} in TorchSharp.");
    }
}

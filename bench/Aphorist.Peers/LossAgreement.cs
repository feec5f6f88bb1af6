namespace Aphorist.Peers;

/// <summary>Checks that both libraries compute the same loss. A ratio of times has no meaning otherwise.</summary>
internal static class LossAgreement
{
    private const double Tolerance = 1e-4;

    /// <summary>Compares the mean losses of the same batch with the same parameters.</summary>
    /// <exception cref="InvalidOperationException">The losses differ.</exception>
    public static void Check(double ours, double theirs)
    {
        // The comparison is negated so that NaN fails too.
        if (!(Math.Abs(ours - theirs) <= Tolerance))
            throw new InvalidOperationException($"The losses differ: {ours:F6} in Aphorist, {theirs:F6} in TorchSharp.");
    }
}

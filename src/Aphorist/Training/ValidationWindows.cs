namespace Aphorist.Training;

/// <summary>The windows of the last part of a corpus.</summary>
/// <param name="First">The number of the first of them, counted from the beginning of the corpus.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Step">Tokens between the starts of two windows.</param>
internal readonly record struct ValidationWindows(long First, long Count, int Step)
{
    /// <summary>The last part of a corpus's windows.</summary>
    /// <param name="length">Tokens of the corpus.</param>
    /// <param name="window">Tokens of a window.</param>
    /// <param name="step">Tokens between the starts of two windows.</param>
    /// <param name="share">The part.</param>
    public static ValidationWindows Of(long length, int window, int step, double share)
    {
        long count = WindowPlan.CountOf(length, window, step), first = TrainingSplit.StartOfTail(count, share);
        return new(first, count - first, step);
    }

    /// <summary>Where one of them starts.</summary>
    /// <param name="index">From 0.</param>
    public long StartOf(long index) => (First + index) * Step;
}

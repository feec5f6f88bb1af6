namespace Aphorist.Training;

/// <summary>Which places of the corpus the batches of an epoch read.</summary>
internal abstract class BatchPlan
{
    /// <summary>Batches of an epoch.</summary>
    public abstract int BatchCount { get; }

    /// <summary>Characters predicted in an epoch.</summary>
    public abstract long Predictions { get; }

    /// <summary>Sequences of the largest batch.</summary>
    public abstract int MostRows { get; }

    /// <summary>Steps of the longest batch.</summary>
    public abstract int MostSteps { get; }

    /// <summary>Plans an epoch; what it does depends on nothing but its number.</summary>
    /// <param name="epoch">From 1.</param>
    public abstract void Begin(int epoch);

    /// <summary>One batch of the epoch: where its sequences start, and for how many steps they run.</summary>
    /// <param name="number">From 0.</param>
    /// <param name="steps">The steps.</param>
    /// <returns>The starts, until the next call.</returns>
    public abstract ReadOnlySpan<long> Batch(int number, out int steps);

    /// <summary>Checks a number of batches, which is counted with an int.</summary>
    /// <exception cref="ArgumentException">There are too many.</exception>
    protected static int Counted(long batches) => batches <= int.MaxValue
        ? (int)batches
        : throw new ArgumentException($"An epoch would have {batches} batches, more than can be counted; use larger batches (--batch).");
}

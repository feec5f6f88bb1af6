namespace Aphorist.Training;

/// <summary>Where in the corpus the sequences of each batch of an epoch start.</summary>
internal abstract class BatchPlan
{
    /// <summary>Batches per epoch.</summary>
    public abstract int BatchCount { get; }

    /// <summary>Predictions per epoch.</summary>
    public abstract long Predictions { get; }

    /// <summary>Sequences of the largest batch.</summary>
    public abstract int MaxRows { get; }

    /// <summary>Steps of the longest batch.</summary>
    public abstract int MaxSteps { get; }

    /// <summary>Plans an epoch. The plan depends only on the seed and the number of the epoch.</summary>
    /// <param name="epoch">From 1.</param>
    public abstract void StartEpoch(int epoch);

    /// <summary>Gets the starts of the sequences of a batch.</summary>
    /// <param name="number">The number of the batch in the epoch, from 0.</param>
    /// <param name="steps">The number of steps of each sequence.</param>
    /// <returns>The starts, valid until the next call.</returns>
    public abstract ReadOnlySpan<long> GetBatch(int number, out int steps);

    /// <summary>Checks that the number of batches fits into an int.</summary>
    /// <exception cref="InvalidOptionsException">There are too many.</exception>
    protected static int CheckedCount(long batches) => batches <= int.MaxValue
        ? (int)batches
        : throw new InvalidOptionsException(
            $"An epoch would have {batches} batches, and the maximum is {int.MaxValue}. Use a larger BatchSize.", nameof(TrainingOptions.BatchSize));
}

using Aphorist.Numerics;

namespace Aphorist.Training;

/// <summary>The windows of a part of the corpus, shuffled anew for every epoch.</summary>
internal sealed class WindowPlan : BatchPlan
{
    private readonly int window, step, batchSize;
    private readonly ulong seed;
    private readonly int[] order;

    /// <param name="count">How many windows, from the beginning of the corpus.</param>
    /// <param name="window">Characters of a window.</param>
    /// <param name="options">How training goes.</param>
    public WindowPlan(int count, int window, TrainingOptions options)
    {
        (this.window, step, batchSize, seed) = (window, options.Step, options.BatchSize, options.Seed);
        order = new int[count];
    }

    public override int BatchCount => (order.Length + batchSize - 1) / batchSize;

    public override long Predictions => order.Length;

    public override int MostRows => batchSize;

    public override int MostSteps => window;

    /// <summary>How many windows fit into a corpus.</summary>
    public static int CountOf(int length, int window, int step) => length <= window
        ? throw new ArgumentException($"The corpus has {length} tokens, but a window of {window} and the token after it need at least {window + 1}; use a longer text or a smaller window.")
        : (length - window + step - 1) / step;

    public override void Begin(int epoch)
    {
        for (int index = 0; index < order.Length; index++) order[index] = index * step;
        new RandomStream(seed, RandomPurpose.Shuffle, (uint)epoch).Shuffle(order);
    }

    public override ReadOnlySpan<int> Batch(int number, out int steps)
    {
        steps = window;
        int start = number * batchSize;
        return order.AsSpan(start, Math.Min(batchSize, order.Length - start));
    }
}

using Aphorist.Numerics;

namespace Aphorist.Training;

/// <summary>
/// The windows of a part of the corpus, shuffled anew for every epoch. Where there are too many to hold their order in memory, blocks of neighbouring
/// windows are visited in a shuffled order, each shuffled in itself.
/// </summary>
internal sealed class WindowPlan : BatchPlan
{
    /// <summary>The most windows that are shuffled together.</summary>
    public const int MostTogether = 1 << 22;

    private readonly int window, step, batchSize, blockLength;
    private readonly ulong seed;
    private readonly long count;
    private readonly int[] blocks, order;
    private readonly long[] ends, starts;
    private int epoch;

    // The block at hand: which places of the epoch it takes, and its first window.
    private long begin, end, firstWindow;

    /// <param name="count">How many windows, from the beginning of the corpus.</param>
    /// <param name="window">Characters of a window.</param>
    /// <param name="options">How training goes.</param>
    /// <param name="mostTogether">The most windows that are shuffled together.</param>
    public WindowPlan(long count, int window, TrainingOptions options, int mostTogether = MostTogether)
    {
        (this.count, this.window, step, batchSize, seed, blockLength) = (count, window, options.Stride, options.BatchSize, options.Seed, mostTogether);
        BatchCount = Counted((count + batchSize - 1) / batchSize);
        blocks = new int[(count + blockLength - 1) / blockLength];
        ends = new long[blocks.Length];
        order = new int[Math.Min(count, blockLength)];
        starts = new long[batchSize];
    }

    public override int BatchCount { get; }

    public override long Predictions => count;

    public override int MostRows => batchSize;

    public override int MostSteps => window;

    /// <summary>How many windows fit into a corpus.</summary>
    public static long CountOf(long length, int window, int step) => length <= window
        ? throw new ArgumentException($"The corpus has {length} tokens, but a window of {window} and the token after it need at least {window + 1}; use a longer text or a smaller window.")
        : (length - window + step - 1) / step;

    public override void Begin(int epoch)
    {
        this.epoch = epoch;
        for (int block = 0; block < blocks.Length; block++) blocks[block] = block;
        new RandomStream(seed, RandomPurpose.ShuffleBlocks, (uint)epoch).Shuffle(blocks);
        long sum = 0;
        for (int visit = 0; visit < blocks.Length; visit++) ends[visit] = sum += LengthOf(blocks[visit]);
        (begin, end) = (0, 0);
    }

    public override ReadOnlySpan<long> Batch(int number, out int steps)
    {
        steps = window;
        long first = (long)number * batchSize;
        int rows = (int)Math.Min(batchSize, count - first);
        for (int row = 0; row < rows; row++) starts[row] = StartOf(first + row);
        return starts.AsSpan(0, rows);
    }

    /// <summary>Where the window at a place of the epoch starts.</summary>
    private long StartOf(long place)
    {
        if (place < begin || place >= end) Visit(place);
        return (firstWindow + order[place - begin]) * step;
    }

    /// <summary>Shuffles the block that a place of the epoch falls into.</summary>
    private void Visit(long place)
    {
        int visit = Array.BinarySearch(ends, place + 1);
        if (visit < 0) visit = ~visit;
        int length = LengthOf(blocks[visit]);
        (begin, end, firstWindow) = (ends[visit] - length, ends[visit], (long)blocks[visit] * blockLength);
        Span<int> windows = order.AsSpan(0, length);
        for (int index = 0; index < length; index++) windows[index] = index;
        new RandomStream(seed, RandomPurpose.Shuffle, (uint)epoch).Shuffle(windows, (ulong)firstWindow);
    }

    private int LengthOf(int block) => (int)Math.Min(blockLength, count - (long)block * blockLength);
}

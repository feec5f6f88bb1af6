using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Training;

/// <summary>
/// The windows of a part of the corpus, shuffled for every epoch. If there are too many to hold their order in memory, blocks of
/// neighbouring windows are shuffled, and the windows within each block.
/// </summary>
internal sealed class WindowPlan : BatchPlan
{
    /// <summary>The maximum number of windows in a block.</summary>
    public const int MaxBlockLength = 1 << 22;

    private readonly int window, stride, batchSize, blockLength;
    private readonly ulong seed;
    private readonly long count;
    private readonly int[] blocks, order;
    private readonly long[] ends, starts;
    private int epoch;

    // The current block: its range of positions in the epoch, and its first window.
    private long begin, end, firstWindow;

    /// <param name="count">The number of windows, from the start of the corpus.</param>
    /// <param name="window">The number of tokens of a window.</param>
    /// <param name="options">The training options.</param>
    /// <param name="blockLength">The maximum number of windows in a block.</param>
    public WindowPlan(long count, int window, TrainingOptions options, int blockLength = MaxBlockLength)
    {
        (this.count, this.window, this.blockLength) = (count, window, blockLength);
        (stride, batchSize, seed) = (options.Stride, options.BatchSize, options.Seed);
        BatchCount = CheckedCount((count + batchSize - 1) / batchSize);
        blocks = new int[(count + blockLength - 1) / blockLength];
        ends = new long[blocks.Length];
        order = new int[Math.Min(count, blockLength)];
        starts = new long[batchSize];
    }

    public override int BatchCount { get; }

    public override long Predictions => count;

    public override int MaxRows => batchSize;

    public override int MaxSteps => window;

    /// <summary>The number of windows in a text.</summary>
    /// <exception cref="CorpusException">The text is too short for one.</exception>
    public static long CountWindows(long length, int window, int stride) => length > window
        ? (length - window + stride - 1) / stride
        : throw new CorpusException(
            $"The text has {Plural.Of(length, "token")}, but a window of {window} and the token after it need at least {window + 1}. "
            + "Use a longer text or a smaller window.");

    public override void StartEpoch(int epoch)
    {
        this.epoch = epoch;
        for (int block = 0; block < blocks.Length; block++) blocks[block] = block;
        new RandomStream(seed, RandomPurpose.ShuffleBlocks, (uint)epoch).Shuffle(blocks);
        long sum = 0;
        for (int visit = 0; visit < blocks.Length; visit++) ends[visit] = sum += LengthOf(blocks[visit]);
        (begin, end) = (0, 0);
    }

    public override ReadOnlySpan<long> GetBatch(int number, out int steps)
    {
        steps = window;
        long first = (long)number * batchSize;
        int rows = (int)Math.Min(batchSize, count - first);
        for (int row = 0; row < rows; row++) starts[row] = StartOf(first + row);
        return starts.AsSpan(0, rows);
    }

    /// <summary>The start of the window at a position of the epoch.</summary>
    private long StartOf(long position)
    {
        if (position < begin || position >= end) LoadBlock(position);
        return (firstWindow + order[position - begin]) * stride;
    }

    /// <summary>Shuffles the block of a position of the epoch.</summary>
    private void LoadBlock(long position)
    {
        int visit = Array.BinarySearch(ends, position + 1);
        if (visit < 0) visit = ~visit;
        int length = LengthOf(blocks[visit]);
        (begin, end, firstWindow) = (ends[visit] - length, ends[visit], (long)blocks[visit] * blockLength);
        Span<int> windows = order.AsSpan(0, length);
        for (int index = 0; index < length; index++) windows[index] = index;
        new RandomStream(seed, RandomPurpose.Shuffle, (uint)epoch).Shuffle(windows, (ulong)firstWindow);
    }

    private int LengthOf(int block) => (int)Math.Min(blockLength, count - (long)block * blockLength);
}

using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Training;

/// <summary>
/// A part of the corpus, cut into one stream per row of a batch. Each batch continues where the previous one ended. Every epoch cuts the
/// text at other places, so that sequences do not always start at the same tokens.
/// </summary>
internal sealed class StreamPlan : BatchPlan
{
    private readonly int sequenceLength;
    private readonly long streamLength;
    private readonly ulong seed;
    private readonly long[] streams, starts;

    /// <param name="length">The number of tokens to train on, from the start of the corpus.</param>
    /// <param name="options">The training options.</param>
    /// <exception cref="InvalidOptionsException">The text is too short for the streams.</exception>
    public StreamPlan(long length, TrainingOptions options)
    {
        (int rows, sequenceLength, seed) = (options.BatchSize, options.SequenceLength, options.Seed);
        // The last token has no next one, and an epoch starts up to a sequence later.
        streamLength = Math.Max(0L, length - sequenceLength) / rows;
        if (streamLength < sequenceLength)
        {
            throw new InvalidOptionsException(
                $"{Plural.Of(length, "token")} {(length == 1 ? "is" : "are")} too few for a BatchSize of {rows} and a "
                + $"SequenceLength of {sequenceLength}: {(rows + 1L) * sequenceLength} are needed. Use a smaller BatchSize, "
                + "a smaller SequenceLength, or a longer text.",
                nameof(TrainingOptions.BatchSize));
        }

        (streams, starts) = (new long[rows], new long[rows]);
        BatchCount = CheckedCount((streamLength + sequenceLength - 1) / sequenceLength);
    }

    public override int BatchCount { get; }

    public override long Predictions => streams.Length * streamLength;

    public override int MaxRows => streams.Length;

    public override int MaxSteps => sequenceLength;

    public override void StartEpoch(int epoch)
    {
        int offset = new RandomStream(seed, RandomPurpose.StreamOffset, (uint)epoch).Below(0, sequenceLength);
        for (int row = 0; row < streams.Length; row++) streams[row] = offset + row * streamLength;
    }

    public override ReadOnlySpan<long> GetBatch(int number, out int steps)
    {
        long position = (long)number * sequenceLength;
        steps = (int)Math.Min(sequenceLength, streamLength - position);
        for (int row = 0; row < starts.Length; row++) starts[row] = streams[row] + position;
        return starts;
    }
}

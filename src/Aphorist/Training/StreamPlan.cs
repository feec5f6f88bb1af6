using Aphorist.Numerics;

namespace Aphorist.Training;

/// <summary>
/// A part of the corpus cut into as many equal streams as a batch has rows; each batch goes on where the one before ended. Every epoch cuts the text
/// elsewhere, so that sequences do not always begin at the same tokens.
/// </summary>
internal sealed class StreamPlan : BatchPlan
{
    private readonly int sequenceLength;
    private readonly long streamLength;
    private readonly ulong seed;
    private readonly long[] streams, starts;

    /// <param name="length">Characters to train on, from the beginning of the corpus.</param>
    /// <param name="options">How training goes.</param>
    /// <exception cref="ArgumentException">The text is too short for so many streams.</exception>
    public StreamPlan(long length, TrainingOptions options)
    {
        (int rows, sequenceLength, seed) = (options.BatchSize, options.SequenceLength, options.Seed);
        // The last character has none after it, and every epoch begins up to a sequence later.
        streamLength = Math.Max(0L, length - sequenceLength) / rows;
        if (streamLength < sequenceLength)
        {
            throw new ArgumentException(
                $"A text of {length} tokens is too short for {rows} streams of sequences of {sequenceLength}: it takes at least {(rows + 1L) * sequenceLength}; use fewer streams (--batch), shorter sequences (--sequence) or a longer text.");
        }

        (streams, starts) = (new long[rows], new long[rows]);
        BatchCount = Counted((streamLength + sequenceLength - 1) / sequenceLength);
    }

    public override int BatchCount { get; }

    public override long Predictions => streams.Length * streamLength;

    public override int MostRows => streams.Length;

    public override int MostSteps => sequenceLength;

    public override void Begin(int epoch)
    {
        int offset = new RandomStream(seed, RandomPurpose.StreamOffset, (uint)epoch).Below(0, sequenceLength);
        for (int row = 0; row < streams.Length; row++) streams[row] = offset + row * streamLength;
    }

    public override ReadOnlySpan<long> Batch(int number, out int steps)
    {
        long position = (long)number * sequenceLength;
        steps = (int)Math.Min(sequenceLength, streamLength - position);
        for (int row = 0; row < starts.Length; row++) starts[row] = streams[row] + position;
        return starts;
    }
}

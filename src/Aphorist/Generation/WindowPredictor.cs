using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist.Generation;

/// <summary>Predicts each token from a zero state over the last window of tokens, as the notebook does.</summary>
/// <remarks>
/// The windows of successive tokens overlap, so there is a state for each of the last <c>Window</c> tokens, which started with that token.
/// All states read a new token together, as one matrix product. Then the oldest state has read a whole window: it predicts, and is cleared
/// for the next token. Each state takes exactly the steps that it would take alone.
/// </remarks>
internal sealed unsafe class WindowPredictor : Predictor
{
    private readonly PackedWeights weights;
    private readonly Workers workers;
    private readonly InferenceState state;
    private readonly int window;
    private readonly int[] tokens;
    private readonly AlignedArray logits;
    private readonly Action<int, int> advance;
    private readonly long[] partPositions;
    private long position;
    private int rows;

    /// <param name="weights">The weights of the model.</param>
    /// <param name="threads">The number of threads; 0 for one per processor.</param>
    public WindowPredictor(PackedWeights weights, int threads)
    {
        this.weights = weights;
        workers = new Workers(threads);
        window = weights.Model.Spec.Window;
        state = new InferenceState(weights, window);
        tokens = GC.AllocateArray<int>(window, pinned: true);
        logits = new AlignedArray(weights.Model.Tokenizer.VocabularySize);
        advance = AdvanceAPart;
        partPositions = new long[workers.Count];
    }

    public override void Read(int id)
    {
        state.Clear((int)(position % window));
        position++;
        rows = (int)Math.Min(position, window);
        tokens.AsSpan(0, rows).Fill(id);
        workers.Run(workers.Count, advance);
    }

    public override ReadOnlySpan<float> Predict()
    {
        int oldest = position < window ? 0 : (int)(position % window);
        state.Decode(oldest, 1, logits.Pointer);
        return logits.Span;
    }

    public override Predictor Fork()
    {
        WindowPredictor fork = new(weights, workers.Count) { position = position, rows = rows };
        for (int row = 0; row < window; row++) fork.state.CopyFrom(state, row, row);
        fork.partPositions.AsSpan().Fill(position);
        return fork;
    }

    public override void Dispose() => workers.Dispose();

    /// <summary>
    /// Advances one part of the states; there is a part for each thread. A thread prefers its own part, so that states stay in the cache of
    /// one core, but takes over the part of a thread that is late.
    /// </summary>
    private void AdvanceAPart(int task, int worker)
    {
        int part = worker;
        long last = position - 1;
        while (Interlocked.CompareExchange(ref partPositions[part], position, last) != last) part = (part + 1) % workers.Count;
        Advance(part);
    }

    private void Advance(int part)
    {
        int first = window * part / workers.Count, end = Math.Min(rows, window * (part + 1) / workers.Count), count = end - first;
        if (count <= 0) return;
        fixed (int* token = tokens) state.Advance(token + first, first, count);
    }
}

using System.Runtime.InteropServices;
using Aphorist.Generation.Sampling;
using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist.Generation;

/// <summary>
/// Generates many texts at the same time: their states are the rows of one matrix product, and a finished text makes room for the next one.
/// </summary>
/// <remarks>A row takes exactly the steps that it would take alone, so a text does not depend on the other texts of the batch.</remarks>
internal sealed unsafe class TextBatch : IDisposable
{
    private const int MaxRows = 256;

    // The rows that one thread advances at a time: enough for fast matrix products, few enough to keep all threads busy.
    private const int RowsPerTask = 32;

    // The tokens per row and task. Another thread, which has nothing of these rows in its cache, may take over only after that.
    private const int StepsPerTask = 32;

    private readonly PackedWeights weights;
    private readonly CompiledOptions options;
    private readonly int vocabularySize;
    private readonly Sampler[] samplers;
    private readonly Workers workers;
    private readonly InferenceState state;
    private readonly AlignedArray logits;
    private readonly int[] tokens = GC.AllocateArray<int>(MaxRows, pinned: true);
    private readonly Row[] rows;
    private readonly Action<int, int> advance;
    private readonly Dictionary<long, string> finished = [];
    private int count;
    private long started, returned;
    private (string Prompt, int[] Ids, StatefulPredictor Predictor)? lastPrompt;

    /// <param name="weights">The weights of the model.</param>
    /// <param name="threads">The number of threads; 0 for one per processor.</param>
    /// <param name="options">The options; text n has the seed plus n.</param>
    /// <param name="expected">The number of texts that will be needed. It limits the texts that are generated at the same time.</param>
    public TextBatch(PackedWeights weights, int threads, CompiledOptions options, int expected = int.MaxValue)
    {
        (this.weights, this.options) = (weights, options);
        Tokenizer tokenizer = weights.Model.Tokenizer;
        int rowCount = Math.Clamp(expected, RowsPerTask, MaxRows);
        rows = [.. Enumerable.Range(0, rowCount).Select(_ => new Row(new TextAssembler(tokenizer, options)))];
        state = new InferenceState(weights, rowCount);
        vocabularySize = tokenizer.VocabularySize;
        logits = new AlignedArray(rowCount * vocabularySize);
        workers = new Workers(threads);
        samplers = [.. Enumerable.Range(0, workers.Count).Select(_ => new Sampler(options.Chain))];
        advance = (task, worker) => Advance(samplers[worker], task * RowsPerTask, Math.Min(RowsPerTask, count - task * RowsPerTask));
    }

    /// <summary>Continues each prompt, in order.</summary>
    public IEnumerable<string> Generate(IEnumerable<string> prompts, CancellationToken cancellationToken)
    {
        using IEnumerator<string> remaining = prompts.GetEnumerator();
        while (true)
        {
            while (count < rows.Length && remaining.MoveNext()) Start(remaining.Current);
            if (count == 0 && finished.Count == 0) yield break;
            cancellationToken.ThrowIfCancellationRequested();
            workers.Run((count + RowsPerTask - 1) / RowsPerTask, advance);
            Collect();
            while (finished.Remove(returned, out string? text))
            {
                returned++;
                yield return text;
            }
        }
    }

    public void Dispose() => workers.Dispose();

    private void Start(string prompt)
    {
        if (lastPrompt?.Prompt != prompt) lastPrompt = Read(prompt);
        rows[count].Start(started, options.Seed + (ulong)started, lastPrompt!.Value.Ids);
        state.CopyFrom(lastPrompt.Value.Predictor.State, 0, count);
        started++;
        count++;
    }

    private (string Prompt, int[] Ids, StatefulPredictor Predictor) Read(string prompt)
    {
        int[] ids = options.Encode(prompt);
        StatefulPredictor predictor = new(weights);
        foreach (int id in ids) predictor.Read(id);
        return (prompt, ids, predictor);
    }

    /// <summary>Samples and reads a few tokens for some rows; fewer if a text ends and has to make room.</summary>
    private void Advance(Sampler sampler, int first, int rowCount)
    {
        bool allContinue = true;
        for (int step = 0; allContinue && step < StepsPerTask; step++)
        {
            state.Decode(first, rowCount, logits.Pointer + (nint)first * vocabularySize);
            allContinue = Sample(sampler, first, rowCount);
            fixed (int* token = tokens) state.Advance(token + first, first, rowCount);
        }
    }

    /// <summary>Samples a token for each of some rows; returns false if a text has ended.</summary>
    private bool Sample(Sampler sampler, int first, int rowCount)
    {
        bool allContinue = true;
        for (int row = first; row < first + rowCount; row++)
        {
            tokens[row] = rows[row].IsOver ? 0 : rows[row].Sample(sampler, logits.Span.Slice(row * vocabularySize, vocabularySize));
            allContinue &= !rows[row].IsOver;
        }

        return allContinue;
    }

    /// <summary>Removes the texts that have ended; the last rows take their place.</summary>
    private void Collect()
    {
        for (int row = count - 1; row >= 0; row--)
        {
            if (!rows[row].IsOver) continue;
            finished.Add(rows[row].Number, rows[row].Finish());
            count--;
            (rows[row], rows[count]) = (rows[count], rows[row]);
            state.CopyFrom(state, count, row);
        }
    }

    /// <summary>A text that is being generated.</summary>
    private sealed class Row(TextAssembler assembler)
    {
        private readonly List<char> text = [];

        public long Number { get; private set; }

        public bool IsOver => assembler.IsOver;

        public void Start(long number, ulong seed, int[] prompt)
        {
            Number = number;
            assembler.Start(seed, prompt);
            text.Clear();
        }

        public int Sample(Sampler sampler, ReadOnlySpan<float> logits)
        {
            int id = assembler.Sample(sampler, logits, out string piece);
            text.AddRange(piece.AsSpan());
            return id;
        }

        public string Finish()
        {
            text.AddRange(assembler.Finish().AsSpan());
            return new string(CollectionsMarshal.AsSpan(text));
        }
    }
}

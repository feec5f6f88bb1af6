using System.Runtime.InteropServices;
using Aphorist.Generation.Sampling;
using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist.Generation;

/// <summary>Writes many texts at the same time: the states of all are rows of one matrix product, and a text that is over makes room for the next.</summary>
/// <remarks>A row takes exactly the steps it would take alone, so a text does not depend on which others are written beside it.</remarks>
internal sealed unsafe class TextBatch : IDisposable
{
    private const int Rows = 256;

    // Rows that one thread advances at once: enough for products to be fast, few enough for all threads to have some.
    private const int RowsOfTask = 32;

    // Tokens that it writes of each before another thread may take them: that other thread's cache has none of what belongs to these texts.
    private const int StepsOfTask = 32;

    private readonly PackedWeights weights;
    private readonly CompiledOptions options;
    private readonly int vocabulary;
    private readonly Sampler[] samplers;
    private readonly Workers workers;
    private readonly InferenceState state;
    private readonly AlignedArray logits;
    private readonly int[] tokens = GC.AllocateArray<int>(Rows, pinned: true);
    private readonly Row[] rows;
    private readonly Action<int, int> advance;
    private readonly Dictionary<long, string> finished = [];
    private int count;
    private long begun, yielded;
    private (string Prompt, int[] Ids, StatefulPredictor Predictor)? primed;

    /// <param name="weights">The model's weights.</param>
    /// <param name="threads">Threads; 0 takes one for each processor.</param>
    /// <param name="options">What is asked of each text; text n has the seed plus n.</param>
    public TextBatch(PackedWeights weights, int threads, CompiledOptions options)
    {
        (this.weights, this.options) = (weights, options);
        Tokenizer tokenizer = weights.Model.Tokenizer;
        rows = [.. Enumerable.Range(0, Rows).Select(_ => new Row(new SamplerState(options.Chain, options.Seed), new TextAssembler(tokenizer, options)))];
        state = new InferenceState(weights, Rows);
        vocabulary = tokenizer.VocabularySize;
        logits = new AlignedArray(Rows * vocabulary);
        workers = new Workers(threads);
        samplers = [.. Enumerable.Range(0, workers.Count).Select(_ => new Sampler(options.Chain))];
        advance = (task, worker) => Advance(samplers[worker], task * RowsOfTask, Math.Min(RowsOfTask, count - task * RowsOfTask));
    }

    /// <summary>Continues each prompt, in order.</summary>
    public IEnumerable<string> Write(IEnumerable<string> prompts, CancellationToken cancellationToken)
    {
        using IEnumerator<string> left = prompts.GetEnumerator();
        while (true)
        {
            while (count < Rows && left.MoveNext()) Begin(left.Current);
            if (count == 0 && finished.Count == 0) yield break;
            cancellationToken.ThrowIfCancellationRequested();
            workers.Run((count + RowsOfTask - 1) / RowsOfTask, advance);
            Collect();
            while (finished.Remove(yielded, out string? text))
            {
                yielded++;
                yield return text;
            }
        }
    }

    public void Dispose() => workers.Dispose();

    private void Begin(string prompt)
    {
        if (primed?.Prompt != prompt) primed = Prime(prompt);
        Row row = rows[count];
        row.Begin(begun, options.Seed + (ulong)begun, primed!.Value.Ids);
        state.CopyFrom(primed.Value.Predictor.State, 0, count);
        begun++;
        count++;
    }

    private (string Prompt, int[] Ids, StatefulPredictor Predictor) Prime(string prompt)
    {
        int[] ids = options.Encode(prompt);
        StatefulPredictor predictor = new(weights);
        foreach (int id in ids) predictor.Read(id);
        return (prompt, ids, predictor);
    }

    /// <summary>Some texts choose and read a few tokens each; fewer, when one of them is over and has to make room.</summary>
    private void Advance(Sampler sampler, int first, int rowCount)
    {
        bool allGoOn = true;
        for (int step = 0; allGoOn && step < StepsOfTask; step++)
        {
            state.Decode(first, rowCount, logits.Pointer + (nint)first * vocabulary);
            allGoOn = Choose(sampler, first, rowCount);
            fixed (int* token = tokens) state.Advance(token + first, first, rowCount);
        }
    }

    /// <summary>Each of some texts chooses a token; false if one is over.</summary>
    private bool Choose(Sampler sampler, int first, int rowCount)
    {
        bool allGoOn = true;
        for (int row = first; row < first + rowCount; row++)
        {
            tokens[row] = rows[row].IsOver ? 0 : rows[row].Write(sampler, logits.Span.Slice(row * vocabulary, vocabulary));
            allGoOn &= !rows[row].IsOver;
        }

        return allGoOn;
    }

    /// <summary>Takes out the texts that are over; the last rows move to where they were.</summary>
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

    /// <summary>A text in the making.</summary>
    private sealed class Row(SamplerState sampled, TextAssembler written)
    {
        private readonly List<char> text = [];

        public long Number { get; private set; }

        public bool IsOver => written.IsOver;

        public void Begin(long number, ulong seed, int[] prompt)
        {
            Number = number;
            sampled.Begin(seed);
            foreach (int id in prompt) sampled.Read(id);
            written.Begin();
            text.Clear();
        }

        public int Write(Sampler sampler, ReadOnlySpan<float> logits)
        {
            int id = written.Choose(sampler, sampled, logits);
            sampled.Sample(id);
            text.AddRange(written.Append(id).AsSpan());
            return id;
        }

        public string Finish()
        {
            text.AddRange(written.Finish().AsSpan());
            return new string(CollectionsMarshal.AsSpan(text));
        }
    }
}

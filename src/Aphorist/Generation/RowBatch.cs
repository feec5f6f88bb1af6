using Aphorist.Generation.Sampling;
using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist.Generation;

/// <summary>Texts that are read and generated together. Texts may join and leave between two calls of <see cref="Advance"/>.</summary>
/// <remarks>A text takes exactly the steps that it would take alone, so it does not depend on the other texts of the batch.</remarks>
internal sealed unsafe class RowBatch
{
    // With fewer texts, a matrix product is not faster for being split between threads.
    private const int MinTextsPerTask = 8;

    private readonly PackedWeights weights;
    private readonly GenerationMode mode;
    private readonly GenerationThreads threads;
    private readonly BatchStates states;
    private readonly TextRow[] rows;
    private readonly AlignedArray logits;
    private readonly int[] tokens;
    private readonly int vocabularySize;
    private readonly Sampler[] samplers;
    private readonly Action<int, int> advance;
    private int steps, textsPerTask;

    /// <param name="weights">The weights of the model.</param>
    /// <param name="mode">How much of a text the model sees.</param>
    /// <param name="threads">The threads.</param>
    /// <param name="slots">The maximum number of texts.</param>
    public RowBatch(PackedWeights weights, GenerationMode mode, GenerationThreads threads, int slots)
    {
        (this.weights, this.mode, this.threads) = (weights, mode, threads);
        vocabularySize = weights.Model.Tokenizer.VocabularySize;
        states = BatchStates.Create(weights, mode, slots);
        rows = new TextRow[slots];
        logits = new AlignedArray(checked(slots * vocabularySize));
        tokens = GC.AllocateArray<int>(slots, pinned: true);
        samplers = [.. Enumerable.Range(0, threads.Count).Select(_ => new Sampler(vocabularySize))];
        advance = AdvanceTask;
    }

    /// <summary>The maximum number of texts.</summary>
    public int Slots => rows.Length;

    /// <summary>The number of texts.</summary>
    public int Count { get; private set; }

    public TextRow this[int index] => rows[index];

    /// <summary>The number of tokens of a prompt that the model does not see, because they are not among the last window.</summary>
    public int CountInvisible(int promptLength) => promptLength - states.CountVisible(promptLength);

    /// <summary>Adds a text.</summary>
    /// <param name="row">The text.</param>
    /// <param name="state">The state of the text, at slot 0; null for a zero state.</param>
    public void Add(TextRow row, BatchStates? state)
    {
        rows[Count] = row;
        if (state is null) states.Clear(Count, row.CarriesState);
        else states.CopyFrom(state, 0, Count);
        Count++;
    }

    /// <summary>Removes a text. The last text takes its slot.</summary>
    public void RemoveAt(int index)
    {
        Count--;
        (rows[index], rows[Count]) = (rows[Count], null!);
        if (index < Count) states.CopyFrom(states, Count, index);
    }

    /// <summary>Returns a copy of the state of a text, with which it can be added again.</summary>
    public BatchStates CopyState(int index)
    {
        BatchStates copy = BatchStates.Create(weights, mode, slots: 1);
        copy.CopyFrom(states, index, 0);
        return copy;
    }

    /// <summary>Reads tokens and returns the state after them.</summary>
    public BatchStates Read(ReadOnlySpan<int> ids)
    {
        BatchStates state = BatchStates.Create(weights, mode, slots: 1);
        state.Clear(0, carriesState: false);
        foreach (int id in ids) state.Read(&id, 0, 1);
        return state;
    }

    /// <summary>
    /// Advances all texts by a number of tokens. A group of texts, one of which is over, advances by fewer tokens, so that another text can
    /// take the slot.
    /// </summary>
    public void Advance(int steps)
    {
        this.steps = steps;
        textsPerTask = CountTextsPerTask();
        threads.Run((Count + textsPerTask - 1) / textsPerTask, advance);
    }

    /// <summary>Cuts the texts into tasks of the same size, as many for each thread.</summary>
    private int CountTextsPerTask()
    {
        int rounds = (Count + threads.Count * states.MaxTextsPerTask - 1) / (threads.Count * states.MaxTextsPerTask);
        int tasks = threads.Count * rounds;
        return Math.Min(states.MaxTextsPerTask, Math.Max(MinTextsPerTask, (Count + tasks - 1) / tasks));
    }

    private void AdvanceTask(int task, int worker)
    {
        int first = task * textsPerTask, count = Math.Min(textsPerTask, Count - first);
        bool allContinue = true;
        for (int step = 0; allContinue && step < steps; step++) allContinue = Step(samplers[worker], first, count);
    }

    /// <summary>Advances some texts by one token; returns false if one of them is over.</summary>
    private bool Step(Sampler sampler, int first, int count)
    {
        ReadOnlySpan<TextRow> texts = rows.AsSpan(first, count);
        if (NeedLogits(texts)) states.Decode(first, count, logits.Pointer + (nint)first * vocabularySize);
        bool allContinue = true;
        for (int text = 0; text < count; text++)
        {
            int slot = first + text;
            tokens[slot] = Next(texts[text], sampler, logits.Span.Slice(slot * vocabularySize, vocabularySize));
            allContinue &= !texts[text].IsOver;
        }

        fixed (int* token = tokens) states.Read(token + first, first, count);
        for (int text = 0; text < count; text++)
            if (texts[text].TakeRestart()) states.Clear(first + text, carriesState: false);
        return allContinue;
    }

    private static int Next(TextRow row, Sampler sampler, ReadOnlySpan<float> logits)
    {
        if (row.IsOver) return 0;
        try
        {
            return row.Next(sampler, logits);
        }
        catch (Exception exception)
        {
            // For example too little memory for the tokens of this text. The other texts go on.
            row.Failure = exception;
            return 0;
        }
    }

    private static bool NeedLogits(ReadOnlySpan<TextRow> texts)
    {
        foreach (TextRow text in texts)
            if (text.NeedsLogits) return true;
        return false;
    }
}

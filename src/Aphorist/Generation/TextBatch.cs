using System.Runtime.ExceptionServices;
using Aphorist.Model;

namespace Aphorist.Generation;

/// <summary>Generates many texts with the same options at the same time. A finished text makes room for the next one.</summary>
internal sealed class TextBatch : IDisposable
{
    private const int MaxTexts = 256, MinTexts = 32;

    // Tokens per text and task. Another thread, which has nothing of these texts in its cache, may take over only after that.
    private const int Steps = 32;

    private readonly CompiledOptions options;
    private readonly Tokenizer tokenizer;
    private readonly GenerationThreads threads;
    private readonly RowBatch batch;
    private readonly List<(TextRow Row, long Number)> running = [];
    private readonly Stack<TextRow> free = [];
    private readonly Dictionary<long, string> finished = [];
    private long started, returned;
    private (string Prompt, int[] Ids, BatchStates State)? lastPrompt;

    /// <param name="weights">The weights of the model.</param>
    /// <param name="mode">How much of a text the model sees.</param>
    /// <param name="threads">The number of threads; 0 for one per processor.</param>
    /// <param name="options">The options; text n has the seed plus n.</param>
    /// <param name="expected">The number of texts that will be needed. It limits the texts that are generated at the same time.</param>
    public TextBatch(PackedWeights weights, GenerationMode mode, int threads, CompiledOptions options, int expected = int.MaxValue)
    {
        this.options = options;
        tokenizer = weights.Model.Tokenizer;
        int slots = Math.Min(
            Math.Clamp(expected, MinTexts, MaxTexts), BatchStates.MaxTexts(weights.Model.Spec, mode));
        this.threads = new GenerationThreads(threads);
        batch = new RowBatch(weights, mode, this.threads, slots);
    }

    /// <summary>Continues each prompt, in order.</summary>
    public IEnumerable<string> Generate(IEnumerable<string> prompts, CancellationToken cancellationToken)
    {
        using IEnumerator<string> remaining = prompts.GetEnumerator();
        while (true)
        {
            while (batch.Count < batch.Slots && remaining.MoveNext()) Start(remaining.Current);
            if (batch.Count == 0 && finished.Count == 0) yield break;
            cancellationToken.ThrowIfCancellationRequested();
            batch.Advance(Steps);
            Collect();
            while (finished.Remove(returned, out string? text))
            {
                returned++;
                yield return text;
            }
        }
    }

    public void Dispose() => threads.Dispose();

    private void Start(string prompt)
    {
        if (lastPrompt?.Prompt != prompt) lastPrompt = Read(prompt);
        (_, int[] ids, BatchStates state) = lastPrompt!.Value;
        if (!free.TryPop(out TextRow? row)) row = new TextRow(tokenizer, options);
        row.Start(options.Seed + (ulong)started, ids, ids.Length);
        batch.Add(row, state);
        running.Add((row, started));
        started++;
    }

    private (string Prompt, int[] Ids, BatchStates State) Read(string prompt)
    {
        int[] ids = options.Encode(prompt);
        return (prompt, ids, batch.Read(ids.AsSpan(batch.CountInvisible(ids.Length))));
    }

    /// <summary>Removes the texts that are over.</summary>
    private void Collect()
    {
        for (int index = batch.Count - 1; index >= 0; index--)
        {
            (TextRow row, long number) = running[index];
            if (!row.IsOver) continue;
            if (row.Failure is { } failure) ExceptionDispatchInfo.Throw(failure);
            finished.Add(number, row.Finish());
            free.Push(row);
            batch.RemoveAt(index);
            running[index] = running[^1];
            running.RemoveAt(running.Count - 1);
        }
    }
}

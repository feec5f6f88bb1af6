using System.Diagnostics;
using System.Text;
using Aphorist.Generation;
using Aphorist.Generation.Scheduling;
using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist;

/// <summary>
/// Generates many texts at the same time, each with its own prompt and options (continuous batching): texts join and leave while others
/// run. Safe to use from several threads at once.
/// </summary>
/// <remarks>
/// The texts share the matrix products of each step, so together they are several times faster than one after the other. A text does not
/// depend on the others: the same seed and options give the text that <see cref="TextGenerator.Generate"/> returns.
/// </remarks>
public sealed class GenerationScheduler : IAsyncDisposable
{
    /// <summary>
    /// The number of characters, tokens and alternatives that a text is generated ahead of its reader, before it gives its slot to others.
    /// It is exceeded by one round at most.
    /// </summary>
    public const int MaxUnread = 4096;

    /// <summary>The maximum number of tokens of a round. Texts join, leave and reach their readers between two rounds.</summary>
    public const int MaxTokensPerRound = 32;

    private const double RoundMilliseconds = 8;

    private readonly Tokenizer tokenizer;
    private readonly SchedulerOptions options;
    private readonly GenerationThreads? ownThreads;
    private readonly RowBatch batch;
    private readonly Thread loop;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards all that follows. The batch belongs to the loop.
    private readonly object gate = new();
    private readonly TextQueue queue;
    private readonly RunningTexts running;
    private readonly HashSet<ScheduledText> texts = [];
    private long promptTokens;
    private int textCount;
    private bool isStopping;

    /// <summary>Creates a scheduler. Dispose it, to end its thread.</summary>
    /// <param name="model">The model. The scheduler uses the parameters that the model has now.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="threads">
    /// The threads, which several schedulers can share; null for own threads, one per processor, that end with the scheduler.
    /// </param>
    /// <exception cref="ArgumentException">The window of the model is too long for the states to fit into arrays.</exception>
    public GenerationScheduler(LanguageModel model, SchedulerOptions? options = null, GenerationThreads? threads = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.options = options ?? new SchedulerOptions();
        tokenizer = model.Tokenizer;
        Mode = this.options.Mode ?? model.TrainedMode;
        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        PackedWeights weights = new(model, InstructionSet.Current);
        weights.Refresh();
        int slots = Math.Min(this.options.MaxRunningTexts, BatchStates.MaxTexts(model.Spec, Mode));
        if (threads is null) threads = ownThreads = new GenerationThreads();
        batch = new RowBatch(weights, Mode, threads, slots);
        // As TextGenerator.Score does: scores are stateful unless a mode is named.
        running = new RunningTexts(batch, scoresStatefully: Mode == GenerationMode.Window && this.options.Mode is null);
        queue = new TextQueue(slots);
        MemoryBytes = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        loop = new Thread(Run) { IsBackground = true, Name = "Aphorist scheduler" };
        loop.Start();
    }

    /// <summary>How much of the text the model sees.</summary>
    public GenerationMode Mode { get; }

    /// <summary>The tokenizer of the model.</summary>
    public Tokenizer Tokenizer => tokenizer;

    /// <summary>The maximum number of texts that are generated at the same time.</summary>
    public int Slots => batch.Slots;

    /// <summary>
    /// The bytes of memory that the scheduler needs in addition to the model: its copy of the weights, and the states and logits of all
    /// <see cref="Slots"/>. Systems with virtual memory provide the part of a slot when it is used first. Texts need further memory: for
    /// their prompts, for what their readers have not taken, and for their states while they wait.
    /// </summary>
    public long MemoryBytes { get; }

    /// <summary>The number of texts that are being generated now.</summary>
    public int RunningTexts => Count(() => running.Count);

    /// <summary>The number of texts that wait for a slot.</summary>
    public int QueuedTexts => Count(() => queue.Count);

    /// <summary>The number of texts that wait for their readers.</summary>
    public int ParkedTexts => Count(() => texts.Count - running.Count - queue.Count);

    /// <summary>Whether a text would be refused now, because the slots and the queue are full.</summary>
    public bool IsFull => Volatile.Read(ref textCount) >= MaxTexts;

    /// <summary>The maximum number of texts that have not ended, wherever they are.</summary>
    private long MaxTexts => (long)batch.Slots + options.MaxQueuedTexts;

    /// <summary>Submits a text.</summary>
    /// <param name="request">The text. It is checked at once.</param>
    /// <returns>The text, which is generated whether its reader has started or not.</returns>
    /// <inheritdoc cref="Submit(IReadOnlyList{GenerationRequest})"/>
    public ScheduledText Submit(GenerationRequest request) => Submit([request])[0];

    /// <summary>Submits several texts: all of them or, if one is refused, none.</summary>
    /// <param name="requests">The texts. They are checked at once.</param>
    /// <returns>The texts, which are generated whether their readers have started or not.</returns>
    /// <exception cref="InvalidOptionsException">The options do not fit the model or contradict each other.</exception>
    /// <exception cref="UnknownCharacterException">A prompt has a character that the model does not know.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id of a prompt is not in the vocabulary.</exception>
    /// <exception cref="QueueFullException">There is no room for the texts in the queue.</exception>
    /// <exception cref="SchedulerStoppedException">The scheduler has stopped.</exception>
    public IReadOnlyList<ScheduledText> Submit(IReadOnlyList<GenerationRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        // A full queue refuses at once, before anything is encoded.
        lock (gate) EnsureRoom(requests.Count, newPromptTokens: 0);
        ScheduledText[] submitted = ScheduledText.Create(this, requests);
        lock (gate)
        {
            EnsureRoom(submitted.Length, submitted.Select(text => text.Place.Prompt).Distinct().Sum(prompt => (long)prompt.Ids.Length));
            for (int index = 0; index < submitted.Length; index++)
            {
                texts.Add(submitted[index]);
                EncodedPrompt prompt = submitted[index].Place.Prompt;
                if (prompt.Users++ == 0) promptTokens += prompt.Ids.Length;
                textCount = texts.Count;
                queue.Enter(submitted[index], requests[index].Client);
                StartTimeout(submitted[index]);
            }

            Monitor.PulseAll(gate);
        }

        return submitted;
    }

    /// <summary>Generates a text and returns it, without the prompt.</summary>
    /// <param name="prompt">The text to continue, see <see cref="GenerationRequest.Prompt"/>.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the generation.</param>
    /// <exception cref="OperationCanceledException">The generation was canceled.</exception>
    /// <exception cref="TimeoutException">The text took longer than <see cref="SchedulerOptions.Timeout"/>.</exception>
    /// <inheritdoc cref="Submit(IReadOnlyList{GenerationRequest})"/>
    public async Task<string> GenerateAsync(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options?.EnsureLimited();
        StringBuilder text = new();
        ScheduledText submitted = Submit(new GenerationRequest { Prompt = prompt, Options = options ?? new() });
        await foreach (TextPiece piece in submitted.WithCancellation(cancellationToken).ConfigureAwait(false)) text.Append(piece.Text);
        return text.ToString();
    }

    /// <summary>Stops accepting texts, and waits until those that run or wait have ended.</summary>
    /// <param name="grace">
    /// The time after which texts that have not ended are aborted: 0 or more. Their readers get a <see cref="SchedulerStoppedException"/>.
    /// </param>
    public async Task StopAsync(TimeSpan grace)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero);
        lock (gate)
        {
            isStopping = true;
            Monitor.PulseAll(gate);
        }

        if (grace > TimeSpan.Zero) await Task.WhenAny(ended.Task, Task.Delay(grace)).ConfigureAwait(false);
        ScheduledText[] aborted;
        lock (gate) aborted = [.. texts];
        foreach (ScheduledText text in aborted) End(text, new SchedulerStoppedException());
        await ended.Task.ConfigureAwait(false);
        ownThreads?.Dispose();
    }

    /// <summary>Stops and aborts all texts.</summary>
    public ValueTask DisposeAsync() => new(StopAsync(TimeSpan.Zero));

    /// <summary>Ends a text early, unless it has ended.</summary>
    /// <param name="text">The text.</param>
    /// <param name="exception">What its reader gets; null if the sequence of the reader just ends.</param>
    internal void End(ScheduledText text, Exception? exception)
    {
        lock (gate)
        {
            switch (text.Place.Stage)
            {
                case TextStage.Running:
                    text.Place.Stage = TextStage.Ending;
                    break;
                case TextStage.Waiting:
                    queue.Remove(text);
                    Leave(text);
                    break;
                case TextStage.Parked:
                    Leave(text);
                    break;
                default:
                    return;
            }
        }

        text.Output.End(exception);
    }

    /// <summary>Lets a text continue that has waited for its reader.</summary>
    internal void ReaderHasTaken(ScheduledText text)
    {
        // What the reader took must be visible to the loop before the stage is read here, since the loop looks in the other order.
        Interlocked.MemoryBarrier();
        if (text.Place.Stage != TextStage.Parked) return;
        lock (gate)
        {
            if (text.Place.Stage != TextStage.Parked) return;
            queue.Wait(text, isNew: false);
            Monitor.PulseAll(gate);
        }
    }

    private int Count(Func<int> count)
    {
        lock (gate) return count();
    }

    private void EnsureRoom(int count, long newPromptTokens)
    {
        if (isStopping) throw new SchedulerStoppedException();
        bool isFull = texts.Count + count > MaxTexts || (promptTokens > 0 && promptTokens + newPromptTokens > options.MaxPromptTokens);
        if (isFull) throw new QueueFullException(texts.Count - running.Count);
    }

    private void StartTimeout(ScheduledText text)
    {
        if (options.Timeout is not { } limit) return;
        text.Place.Timeout = new Timer(
            _ => End(text, new TimeoutException(FormattableString.Invariant(
                $"The text took longer than {limit.TotalSeconds:0.###} s, the Timeout of the scheduler."))),
            null,
            limit,
            Timeout.InfiniteTimeSpan);
    }

    private void Run()
    {
        int steps = 1;
        while (true)
        {
            try
            {
                if (!Prepare()) break;
                long start = Stopwatch.GetTimestamp();
                batch.Advance(steps);
                double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                steps = (int)Math.Clamp(RoundMilliseconds * steps / Math.Max(milliseconds, 0.001), 1, MaxTokensPerRound);
                Publish();
            }
            catch (Exception exception)
            {
                EndAll(exception);
            }
        }

        ended.SetResult();
    }

    /// <summary>Fills the slots of the batch. Waits if there is nothing to do; returns false when the scheduler has stopped.</summary>
    private bool Prepare()
    {
        lock (gate)
        {
            while (true)
            {
                for (int index = running.Count - 1; index >= 0; index--)
                    if (running[index].Place.Stage == TextStage.Ending) Leave(running.RemoveAt(index));
                Admit();
                if (running.Count > 0) return true;
                if (isStopping && texts.Count == 0) return false;
                Monitor.Wait(gate);
            }
        }
    }

    private void Admit()
    {
        while (running.Count < batch.Slots && queue.Take() is { } next) running.Add(next);
        while (running.ChooseToPause(queue) is int index)
        {
            ScheduledText paused = running.Pause(index);
            running.Add(queue.Take()!);
            queue.Wait(paused, isNew: false);
        }
    }

    private void Leave(ScheduledText text)
    {
        queue.Leave(text);
        texts.Remove(text);
        textCount = texts.Count;
        if (--text.Place.Prompt.Users == 0) promptTokens -= text.Place.Prompt.Ids.Length;
        text.Release();
        if (isStopping && texts.Count == 0) Monitor.PulseAll(gate);
    }

    /// <summary>Hands what was generated to the readers.</summary>
    private void Publish()
    {
        long now = Environment.TickCount64;
        lock (gate)
        {
            for (int index = running.Count - 1; index >= 0; index--)
            {
                ScheduledText text = running[index];
                if (text.Place.Stage == TextStage.Ending) continue;
                Exception? failure = text.Row!.Failure;
                if (failure is null) text.Publish(now);
                if (text.Row.IsOver)
                {
                    Leave(running.RemoveAt(index));
                    if (failure is not null) text.Output.End(failure);
                }
                else if (text.Output.Unread > MaxUnread)
                {
                    running.Pause(index).Place.Stage = TextStage.Parked;
                    // The reader may have taken everything before the stage changed.
                    if (text.Output.Unread <= MaxUnread) queue.Wait(text, isNew: false);
                }
            }
        }
    }

    /// <summary>Ends all texts after a failure that concerns all of them, such as too little memory.</summary>
    private void EndAll(Exception exception)
    {
        lock (gate)
        {
            while (running.Count > 0) running.RemoveAt(running.Count - 1).Place.Stage = TextStage.Parked;
            foreach (ScheduledText text in texts.ToArray())
            {
                if (text.Place.Node is not null) queue.Remove(text);
                Leave(text);
                text.Output.End(exception);
            }
        }
    }
}

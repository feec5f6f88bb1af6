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
    private readonly LanguageModel model;
    private readonly TextGenerator generator;
    private readonly SchedulerOptions options;
    private volatile bool stopped;

    /// <summary>Creates a scheduler.</summary>
    /// <param name="model">The model. The scheduler uses the parameters that the model has now.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="threads">
    /// The threads, which several schedulers can share; null for own threads, one per processor, that end with the scheduler.
    /// </param>
    public GenerationScheduler(LanguageModel model, SchedulerOptions? options = null, GenerationThreads? threads = null)
    {
        (this.model, this.options) = (model, options ?? new SchedulerOptions());
        generator = new TextGenerator(model, this.options.Mode, 1);
    }

    /// <summary>How much of the text the model sees.</summary>
    public GenerationMode Mode => generator.Mode;

    /// <summary>The tokenizer of the model.</summary>
    public Tokenizer Tokenizer => model.Tokenizer;

    /// <summary>The maximum number of texts that are generated at the same time.</summary>
    public int Places => options.MaxRunningTexts;

    /// <summary>The number of texts that are being generated now.</summary>
    public int RunningTexts { get; private set; }

    /// <summary>The number of texts that wait for a place.</summary>
    public int QueuedTexts { get; private set; }

    /// <summary>The number of texts that wait for their readers.</summary>
    public int ParkedTexts { get; private set; }

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
        if (stopped) throw new SchedulerStoppedException();
        return [.. requests.Select(Start)];
    }

    /// <summary>Generates a text and returns it, without the prompt.</summary>
    /// <param name="prompt">The text to continue, see <see cref="GenerationRequest.Prompt"/>.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the generation.</param>
    /// <inheritdoc cref="Submit(IReadOnlyList{GenerationRequest})"/>
    public async Task<string> GenerateAsync(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        using ScheduledText text = Submit(new GenerationRequest { Prompt = prompt, Options = options ?? new() });
        System.Text.StringBuilder result = new();
        await foreach (TextPiece piece in text.WithCancellation(cancellationToken).ConfigureAwait(false)) result.Append(piece.Text);
        return result.ToString();
    }

    /// <summary>Stops accepting texts, and waits until those that run or wait have ended.</summary>
    /// <param name="grace">The time after which texts that have not ended are aborted. Their readers get an exception.</param>
    public Task StopAsync(TimeSpan grace)
    {
        stopped = true;
        return Task.CompletedTask;
    }

    /// <summary>Stops and aborts all texts.</summary>
    public ValueTask DisposeAsync() => new(StopAsync(TimeSpan.Zero));

    private ScheduledText Start(GenerationRequest request)
    {
        int[] ids = request.PromptIds is { } given ? [.. given] : model.Tokenizer.Encode(
            model.Tokenizer.Normalization.Apply(request.Prompt), request.Options.UnknownCharacters);
        ScheduledText? text = null;
        IEnumerable<TextPiece> Produce(CancellationToken token)
        {
            if (request.ScorePrompt)
                foreach (ScoredToken scored in generator.ScoreTokens(ids, new() { Alternatives = request.Alternatives ?? 0 }, token))
                    yield return new TextPiece { Text = scored.Text, Tokens = [scored], IsPrompt = true };
            using GenerationSession session = generator.CreateSession(request.Options);
            foreach (ScoredToken scored in generator.StreamTokens(
                model.Tokenizer.Decode(ids), request.Options, request.Alternatives ?? 0, token))
            {
                text!.GeneratedTokens++;
                yield return new TextPiece { Text = scored.Text, Tokens = request.Alternatives is null ? [] : [scored] };
            }

            yield return new TextPiece
            {
                Text = "",
                FinishReason = text!.GeneratedTokens == request.Options.MaxTokens ? FinishReason.Length : FinishReason.Stop,
            };
        }

        _ = generator.Stream("", request.Options); // Checks the options.
        return text = new ScheduledText(ids.Length, Produce);
    }
}

/// <summary>Threads that generate texts. Several schedulers can share them; they then take turns.</summary>
public sealed class GenerationThreads : IDisposable
{
    /// <summary>Starts the threads.</summary>
    /// <param name="count">The number of threads: 1 or more, or 0, the default, for one per processor.</param>
    public GenerationThreads(int count = 0) => ArgumentOutOfRangeException.ThrowIfNegative(count);

    /// <summary>Ends the threads. Dispose the schedulers that use them before.</summary>
    public void Dispose()
    {
    }
}

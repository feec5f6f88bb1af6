using System.Runtime.CompilerServices;
using Aphorist.Generation;
using Aphorist.Generation.Scheduling;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>A text that a <see cref="GenerationScheduler"/> generates. Its pieces can be read once, by one reader.</summary>
/// <remarks>
/// The text is generated about 4,000 characters ahead of its reader. The first piece comes at once, and then one every 20 milliseconds or,
/// if that is earlier, every 1,000 characters. A text whose reader is slow gives its slot to others, and gets one again when the reader has
/// caught up.
/// </remarks>
public sealed class ScheduledText : IAsyncEnumerable<TextPiece>, IDisposable
{
    private readonly GenerationScheduler scheduler;
    private readonly GenerationRequest request;
    private readonly CompiledOptions options;
    private PromptScorer? promptScorer;
    private bool hasReader;

    private ScheduledText(GenerationScheduler scheduler, GenerationRequest request, CompiledOptions options, EncodedPrompt prompt)
    {
        (this.scheduler, this.request, this.options, PromptTokens) = (scheduler, request, options, prompt.Ids.Length);
        Seed = request.Options.Seed ?? (ulong)Random.Shared.NextInt64();
        Place = new TextPlace { Prompt = prompt };
    }

    /// <summary>The number of tokens in the prompt.</summary>
    public int PromptTokens { get; }

    /// <summary>
    /// The number of tokens that were generated until now, including those of a stop sequence. It is final when the last piece was read.
    /// </summary>
    public int GeneratedTokens { get; private set; }

    /// <summary>The seed of the text, which is a random one if the options have none.</summary>
    public ulong Seed { get; }

    /// <summary>The text; null before it starts and after it ends.</summary>
    internal TextRow? Row { get; private set; }

    internal TextOutput Output { get; } = new();

    /// <summary>Where the text is in the scheduler, whose lock guards it.</summary>
    internal TextPlace Place { get; }

    /// <summary>Reads the text piece by piece.</summary>
    /// <param name="cancellationToken">Stops the generation.</param>
    /// <exception cref="InvalidOperationException">The text has or had another reader.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <exception cref="TimeoutException">The text took longer than <see cref="SchedulerOptions.Timeout"/>.</exception>
    /// <exception cref="SchedulerStoppedException">The scheduler stopped before the end of the text.</exception>
    public IAsyncEnumerator<TextPiece> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        Interlocked.Exchange(ref hasReader, true)
            ? throw new InvalidOperationException("The text has or had another reader. Submit another request for each reader.")
            : ReadAsync(cancellationToken).GetAsyncEnumerator(CancellationToken.None);

    /// <summary>
    /// Stops the generation, if it has not ended. The sequence of a reader ends, too; its last piece then has no
    /// <see cref="TextPiece.FinishReason"/>.
    /// </summary>
    public void Dispose() => scheduler.End(this, null);

    /// <summary>Checks and encodes requests. What texts need while they run is allocated when they start.</summary>
    internal static ScheduledText[] Create(GenerationScheduler scheduler, IReadOnlyList<GenerationRequest> requests)
    {
        Tokenizer tokenizer = scheduler.Tokenizer;
        ScheduledText[] created = new ScheduledText[requests.Count];
        GenerationRequest? last = null;
        CompiledOptions? compiled = null;
        EncodedPrompt? prompt = null;
        for (int index = 0; index < created.Length; index++)
        {
            GenerationRequest request = requests[index];
            ArgumentNullException.ThrowIfNull(request, nameof(requests));
            if (request.ScorePrompt && request.Alternatives is null)
                throw new InvalidOptionsException("ScorePrompt needs Alternatives. Set it to 0 or more.", nameof(request.ScorePrompt));
            // Several texts for one prompt, which differ in their seeds, share the options and the tokens.
            bool sharesOptions = last is not null && last.Options == request.Options with { Seed = last.Options.Seed };
            bool sharesPrompt = sharesOptions && ReferenceEquals(last!.Prompt, request.Prompt)
                && ReferenceEquals(last.PromptIds, request.PromptIds) && last.ScorePrompt == request.ScorePrompt;
            if (!sharesOptions) compiled = new CompiledOptions(request.Options, tokenizer);
            if (!sharesPrompt) prompt = Encode(request, compiled!, tokenizer);
            created[index] = new ScheduledText(scheduler, request, compiled!, prompt!);
            last = request;
        }

        return created;
    }

    /// <summary>Allocates what the text needs while it runs.</summary>
    /// <param name="unseen">The number of first tokens of the prompt that the model does not see.</param>
    /// <param name="scoresStatefully">Whether the state is carried from token to token while the prompt is scored.</param>
    internal TextRow Start(int unseen, bool scoresStatefully)
    {
        Row = new TextRow(scheduler.Tokenizer, options, request.Alternatives);
        Row.Start(Seed, Place.Prompt.Ids, unseen);
        if (!request.ScorePrompt) return Row;
        promptScorer = new PromptScorer(scheduler.Tokenizer, request.Alternatives!.Value, Place.Prompt.UnknownWords);
        Row.ScorePrompt(promptScorer, scoresStatefully);
        return Row;
    }

    /// <summary>Hands what was generated since the last call to the reader.</summary>
    internal void Publish(long now)
    {
        GeneratedTokens = Row!.GeneratedTokens;
        Output.Add(Row, promptScorer, now);
    }

    /// <summary>Frees what the text needed while it was generated.</summary>
    internal void Release()
    {
        Place.Timeout?.Dispose();
        (Row, promptScorer) = (null, null);
        Place.State = null;
    }

    private static EncodedPrompt Encode(GenerationRequest request, CompiledOptions compiled, Tokenizer tokenizer)
    {
        if (request.PromptIds is { } ids) return new([.. ids.Select(id => TokenId.Checked(id, tokenizer.VocabularySize))]);
        if (!request.ScorePrompt || compiled.Options.UnknownCharacters == UnknownCharacterPolicy.Skip)
            return new(compiled.Encode(request.Prompt));
        List<string> unknownWords = [];
        return new(tokenizer.Encode(tokenizer.Normalization.Apply(request.Prompt), unknownWords), unknownWords);
    }

    private async IAsyncEnumerable<TextPiece> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            while (await Output.WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                while (Output.TryTake(out TextPiece? piece))
                {
                    scheduler.ReaderHasTaken(this);
                    yield return piece;
                    if (piece.FinishReason is not null) yield break;
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }
        finally
        {
            Dispose();
        }
    }
}

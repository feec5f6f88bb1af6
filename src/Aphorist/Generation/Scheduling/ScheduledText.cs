using Aphorist.Generation;

namespace Aphorist;

/// <summary>A text that a <see cref="GenerationScheduler"/> generates. Its pieces can be read once, by one reader.</summary>
/// <remarks>
/// The text is generated a limited number of characters ahead of its reader. A text whose reader is slow gives its place to others and
/// goes on when the reader has caught up.
/// </remarks>
public sealed class ScheduledText : IAsyncEnumerable<TextPiece>, IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Func<CancellationToken, IEnumerable<TextPiece>> produce;

    internal ScheduledText(int promptTokens, Func<CancellationToken, IEnumerable<TextPiece>> produce) =>
        (PromptTokens, this.produce) = (promptTokens, produce);

    /// <summary>The number of tokens in the prompt.</summary>
    public int PromptTokens { get; }

    /// <summary>The number of tokens that were generated until now, including those of a stop sequence.</summary>
    public int GeneratedTokens { get; internal set; }

    /// <summary>Reads the text piece by piece.</summary>
    /// <param name="cancellationToken">Stops the generation.</param>
    /// <exception cref="OperationCanceledException">The text was canceled.</exception>
    /// <exception cref="TimeoutException">The text took longer than <see cref="SchedulerOptions.Timeout"/>.</exception>
    /// <exception cref="SchedulerStoppedException">The scheduler stopped before the end of the text.</exception>
    public IAsyncEnumerator<TextPiece> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        BackgroundProducer.EnumerateAsync(produce, cancellationToken).GetAsyncEnumerator(CancellationToken.None);

    /// <summary>Stops the generation, if it has not ended.</summary>
    public void Dispose() => stop.Cancel();
}

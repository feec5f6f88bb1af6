using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Aphorist.Generation.Scheduling;

/// <summary>
/// What was generated and the reader has not taken yet. The scheduler never waits for the reader: what is not taken becomes one larger
/// piece.
/// </summary>
internal sealed class TextOutput
{
    // A piece costs its reader some microseconds, whatever its length, so it waits until it is this long or this old.
    private const int PieceLength = 1024, MaxDelayMilliseconds = 20;

    private readonly Channel<bool> news =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly List<char> text = [];
    private readonly List<ScoredToken> tokens = [], promptTokens = [];
    private readonly Lock gate = new();
    private FinishReason? finishReason;
    private long lastNews = long.MinValue;

    /// <summary>The number of characters, scored tokens and alternatives that wait for the reader.</summary>
    public int Unread
    {
        get
        {
            lock (gate) return Size;
        }
    }

    private int Size => text.Count + SizeOf(tokens) + SizeOf(promptTokens);

    /// <summary>Adds what a text has generated, and tells the reader if that is enough for a piece.</summary>
    /// <param name="row">The text.</param>
    /// <param name="promptScorer">The scores of the prompt; null if they are not needed.</param>
    /// <param name="now">The time in milliseconds.</param>
    public void Add(TextRow row, PromptScorer? promptScorer, long now)
    {
        int unread;
        lock (gate)
        {
            promptScorer?.MoveTo(promptTokens);
            row.MoveTo(text, tokens);
            if (row.IsOver) finishReason = row.FinishReason;
            unread = Size;
        }

        if (row.IsOver || unread >= PieceLength || (unread > 0 && now - MaxDelayMilliseconds >= lastNews)) Tell(now);
    }

    /// <summary>Ends the text early. What was generated before can still be read.</summary>
    /// <param name="exception">What the reader gets after that; null if its sequence just ends.</param>
    public void End(Exception? exception)
    {
        Tell(lastNews);
        news.Writer.TryComplete(exception);
    }

    /// <summary>Waits until there may be a piece; returns false after the last one if the text was ended early.</summary>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken) =>
        await news.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && news.Reader.TryRead(out _);

    /// <summary>Takes a piece, if there is one.</summary>
    public bool TryTake([NotNullWhen(true)] out TextPiece? piece)
    {
        lock (gate)
        {
            piece = null;
            if (promptTokens.Count > 0)
            {
                string prompt = string.Concat(promptTokens.Select(token => token.Text));
                piece = new TextPiece { Text = prompt, Tokens = [.. promptTokens], IsPrompt = true };
                promptTokens.Clear();
            }
            else if (text.Count > 0 || tokens.Count > 0 || finishReason is not null)
            {
                string taken = new(CollectionsMarshal.AsSpan(text));
                piece = new TextPiece { Text = taken, Tokens = tokens.Count == 0 ? [] : [.. tokens], FinishReason = finishReason };
                text.Clear();
                tokens.Clear();
            }
        }

        return piece is not null;
    }

    /// <summary>Tells the reader that there is a piece.</summary>
    /// <param name="now">The time in milliseconds.</param>
    public void Tell(long now)
    {
        lastNews = now;
        news.Writer.TryWrite(true);
    }

    private static int SizeOf(List<ScoredToken> scored)
    {
        int size = scored.Count;
        foreach (ScoredToken token in scored) size += token.Alternatives.Count;
        return size;
    }
}

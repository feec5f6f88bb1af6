using Aphorist.Server;

namespace Aphorist.Studio.Write;

/// <summary>Lets a model continue texts.</summary>
internal static class TextRun
{
    /// <summary>Encodes a text, with the surprisal of each token.</summary>
    /// <param name="lease">The model.</param>
    /// <param name="text">The text.</param>
    /// <param name="skipsUnknown">Whether characters that the model does not know are left out.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="UnknownCharacterException">The model does not know a character of the text.</exception>
    public static async Task<Draft> EncodeAsync(
        ModelLease lease, string text, bool skipsUnknown, string client, CancellationToken cancellationToken)
    {
        Draft draft = new();
        if (text.Length == 0) return draft;
        UnitWriter units = new(draft, lease.Model.Tokenizer);
        using ScheduledText scored = lease.Scheduler.Submit(new GenerationRequest
        {
            Prompt = text,
            Options = new()
            {
                MaxTokens = 0,
                UnknownCharacters = skipsUnknown ? UnknownCharacterPolicy.Skip : UnknownCharacterPolicy.Error,
            },
            Alternatives = 0,
            ScorePrompt = true,
            Client = client,
        });
        await foreach (TextPiece piece in scored.WithCancellation(cancellationToken))
            foreach (ScoredToken token in piece.Tokens) units.AddGiven(token);
        units.End();
        return draft;
    }

    /// <summary>Continues a text.</summary>
    /// <param name="lease">The model.</param>
    /// <param name="beginning">The text to continue.</param>
    /// <param name="draft">Where the continuation is added: the same text, which then grows, or another one.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="grown">Called when the text has grown.</param>
    /// <param name="cancellationToken">Stops the text. What was written until then stays.</param>
    public static async Task ContinueAsync(
        ModelLease lease,
        Draft beginning,
        Draft draft,
        SamplingSettings settings,
        long seed,
        string client,
        Action grown,
        CancellationToken cancellationToken)
    {
        Tokenizer tokenizer = lease.Model.Tokenizer;
        int[] prompt = beginning.GetIds(beginning.Length);
        UnitWriter units = UnitWriter.Continue(draft, tokenizer);
        try
        {
            using ScheduledText text = lease.Scheduler.Submit(new GenerationRequest
            {
                PromptIds = prompt,
                Options = settings.ToOptions(tokenizer, (ulong)seed),
                Alternatives = 0,
                Client = client,
            });
            await foreach (TextPiece piece in text.WithCancellation(cancellationToken))
            {
                foreach (ScoredToken token in piece.Tokens) units.AddGenerated(token.Id, token.Bits);
                grown();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It was stopped.
        }
        finally
        {
            units.End();
            grown();
        }
    }
}

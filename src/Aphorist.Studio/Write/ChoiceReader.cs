using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Aphorist.Studio.Write;

/// <summary>Reads a text up to a position and computes the probabilities of the next token. Used by one page.</summary>
/// <remarks>
/// It keeps the state of the model at some places of the text, so that a place is found without reading all of the text before it again.
/// </remarks>
public sealed class ChoiceReader : IDisposable
{
    private const int MinSpacing = 256, MaxBookmarks = 40, MinBookmarks = 4, MaxBytes = 4_000_000;

    // The generators of the loaded models: pages share them, since each has a copy of the weights. They end with their models.
    private static readonly ConditionalWeakTable<LanguageModel, TextGenerator> Generators = [];

    // The penalties see the last 64 tokens. With this option a session remembers them, for all that are forked from it.
    private static readonly GenerationOptions Remembering = new() { RepetitionPenalty = 2 };

    private readonly SemaphoreSlim turn = new(1);
    private readonly List<int> read = [];
    private readonly List<(int Position, GenerationSession Session)> bookmarks = [];
    private LanguageModel? model;
    private GenerationSession? session;
    private int position, spacing;
    private bool isDisposed;

    /// <summary>Computes the choices at a place. One call at a time; the others wait.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">The tokens before the place.</param>
    /// <param name="place">The place.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public async Task<Choices> ReadAsync(
        LanguageModel model, int[] ids, int place, SamplingSettings settings, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return await Task.Run(() => Read(model, ids, place, settings, cancellationToken), cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Ends the reading. The sessions have no threads of their own, so the memory is all that they hold.</summary>
    public void Dispose() => isDisposed = true;

    private Choices Read(LanguageModel model, int[] ids, int place, SamplingSettings settings, CancellationToken cancellationToken)
    {
        if (this.model != model) Start(model);
        int common = ids.AsSpan().CommonPrefixLength(CollectionsMarshal.AsSpan(read));
        if (common < ids.Length && common < read.Count)
        {
            // Another text from there on.
            read.RemoveRange(common, read.Count - common);
            bookmarks.RemoveAll(bookmark => bookmark.Position > common);
        }

        GoTo(common);
        bool isWindow = model.TrainedMode == GenerationMode.Window;
        // In window mode the model sees no more than the last window, so bookmarks would save nothing.
        int unseen = isWindow ? ids.Length - Math.Max(model.Spec.Window, Remembering.PenaltyWindow) : 0;
        while (position < ids.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (position >= unseen) session!.Append(ids[position]);
            if (position == read.Count) read.Add(ids[position]);
            position++;
            if (!isWindow && position % spacing == 0 && bookmarks[^1].Position < position) Mark();
        }

        using GenerationSession sampled = session!.Fork(settings.ToOptions(model.Tokenizer, seed: 0));
        return new Choices(place, model.Tokenizer, sampled.PredictSampling());
    }

    private void Start(LanguageModel model)
    {
        TextGenerator generator = Generators.GetValue(model, static model => new TextGenerator(model, threads: 1));
        bookmarks.Clear();
        read.Clear();
        bookmarks.Add((0, generator.CreateSession(Remembering)));
        (this.model, position, spacing) = (model, int.MaxValue, MinSpacing);
    }

    /// <summary>Makes the session one that has read a part of the text that ends at a place or before it, as near as possible.</summary>
    private void GoTo(int place)
    {
        (int marked, GenerationSession bookmark) = bookmarks.Last(bookmark => bookmark.Position <= place);
        if (position <= place && position >= marked) return;
        (session, position) = (bookmark.Fork(), marked);
    }

    private void Mark()
    {
        bookmarks.Add((position, session!.Fork()));
        long bytes = 40L * model!.Tokenizer.VocabularySize + 32L * model.Spec.HiddenSize * model.Spec.Layers;
        if (bookmarks.Count <= Math.Clamp(MaxBytes / bytes, MinBookmarks, MaxBookmarks)) return;
        // Every second one stays.
        spacing *= 2;
        bookmarks.RemoveAll(bookmark => bookmark.Position % spacing != 0);
    }
}

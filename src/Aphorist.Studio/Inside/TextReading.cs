using System.Globalization;
using Aphorist.Inspection;
using Aphorist.Server;
using Aphorist.Studio.Inside.Reading;

namespace Aphorist.Studio.Inside;

/// <summary>What a model does while it reads a text, for one of the two views of a text.</summary>
/// <param name="View">The view.</param>
/// <param name="Title">The title of the file.</param>
/// <param name="Data">What the view shows.</param>
/// <param name="Ids">The tokens that are shown.</param>
/// <param name="LeftOut">The characters that were left out.</param>
/// <param name="IsCut">Whether the text was cut.</param>
internal sealed record TextReading(
    ReaderView View, string Title, ReaderData Data, int[] Ids, IReadOnlyList<string> LeftOut, bool IsCut)
{
    private const int MaxShown = 3000, MaxSurpriseShown = 6000;

    // The activations on a page, one byte each, which go to the browser as they are.
    private const int MaxActivations = 2_000_000;
    private const int BestCells = 4, Passages = 6;

    /// <summary>The self-contained file with the same view.</summary>
    public string CreateFile() => View.CreateFile(Title, Data);

    /// <summary>Reads the text and inspects the cells. Null if there is nothing that the model knows.</summary>
    public static async Task<TextReading?> InspectAsync(
        ModelStore store, string name, TextChoice choice, CancellationToken cancellationToken)
    {
        using ModelLease lease = await store.OpenAsync(name, cancellationToken);
        LanguageModel model = lease.Model;
        ReadingText text = await ReadingText.OpenAsync(Find(store, name), model, choice, cancellationToken);
        if (text.Corpus.CharacterCount == 0) return null;
        int cellCount = model.Spec.Layers * model.Spec.HiddenSize;
        InspectionOptions options = new() { Length = Math.Clamp(MaxActivations / cellCount, 1, MaxShown) };
        return await Task.Run(
            () =>
            {
                CellInspection cells = CellInspection.Create(model, text.Corpus, options, cancellationToken: cancellationToken);
                int[] ids = new int[cells.Pieces.Count];
                text.Corpus.ReadTokens(model.Tokenizer, 0, ids);
                InspectedText inspected = new(name, model, text.Corpus.Name, cells, BestCells);
                (string title, ReaderData data) = (InspectionPage.TitleOf(inspected), InspectionPage.DataOf(inspected));
                return new TextReading(InspectionPage.View, title, data, ids, text.LeftOut, text.IsCut);
            },
            cancellationToken);
    }

    /// <summary>Reads the text and measures its surprisal. Null if there is nothing that the model knows.</summary>
    public static async Task<TextReading?> ScoreAsync(
        ModelStore store, string name, TextChoice choice, CancellationToken cancellationToken)
    {
        using ModelLease lease = await store.OpenAsync(name, cancellationToken);
        ReadingText text = await ReadingText.OpenAsync(Find(store, name), lease.Model, choice, cancellationToken);
        if (text.Corpus.CharacterCount == 0) return null;
        return await Task.Run(
            () =>
            {
                ScoredText scored = ScoredText.Read(
                    name, lease.Model, text.Corpus, new(Passages, MaxSurpriseShown), cancellationToken: cancellationToken);
                return new TextReading(
                    ScorePage.View, ScorePage.TitleOf(scored), ScorePage.DataOf(scored), [], text.LeftOut, text.IsCut);
            },
            cancellationToken);
    }

    /// <summary>Reads tokens again and keeps what happens in one cell.</summary>
    /// <param name="store">The models.</param>
    /// <param name="name">The name of the model.</param>
    /// <param name="ids">The tokens.</param>
    /// <param name="number">The number of the cell among those of all layers.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The trace; null if the model has no such cell or does not know the tokens any more.</returns>
    public static async Task<CellTrace?> TraceAsync(
        ModelStore store, string name, int[] ids, int number, CancellationToken cancellationToken)
    {
        using ModelLease lease = await store.OpenAsync(name, cancellationToken);
        ModelSpec spec = lease.Model.Spec;
        if (number < 0 || number >= spec.Layers * spec.HiddenSize || ids.Any(id => id >= lease.Model.Tokenizer.VocabularySize)) return null;
        CellIndex cell = new(number / spec.HiddenSize, number % spec.HiddenSize);
        return await Task.Run(() => CellTrace.Create(lease.Model, ids, cell, cancellationToken), cancellationToken);
    }

    /// <summary>The file of a model that was just opened.</summary>
    private static ModelEntry Find(ModelStore store, string name) => store.List().FirstOrDefault(entry => entry.Name == name)
        ?? throw new FileNotFoundException(string.Create(CultureInfo.InvariantCulture, $"The model '{name}' is gone."));
}

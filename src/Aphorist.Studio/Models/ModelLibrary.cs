using System.Collections.Concurrent;
using Aphorist.Server;
using Aphorist.Studio.Hosting;
using Aphorist.Studio.Runs;

namespace Aphorist.Studio.Models;

/// <summary>A model as the pages show it.</summary>
/// <param name="Entry">The file.</param>
/// <param name="Run">The name of the run that it is the model of; null for a model file.</param>
/// <param name="About">What the file says about the model; null if it cannot be read.</param>
/// <param name="Problem">Why it cannot be read; null if it can.</param>
public sealed record ModelSummary(ModelEntry Entry, string? Run, ModelFacts? About, AphoristException? Problem)
{
    /// <summary>The name of the model.</summary>
    public string Name => Entry.Name;

    /// <summary>The address of the page of a model.</summary>
    public static string AddressOf(string name) => $"/models/{Uri.EscapeDataString(name)}";
}

/// <summary>What a model file says about its model, without the vocabulary, which can be large.</summary>
public sealed record ModelFacts(
    ModelSpec Spec,
    TokenizerKind Tokenizer,
    int VocabularySize,
    bool IsLowercase,
    GenerationMode Mode,
    long Parameters,
    TrainingRecord? Training,
    ModelOrigin? Origin)
{
    internal static ModelFacts Of(ModelFileInfo file) => new(
        file.Spec,
        file.Tokenizer.Kind,
        file.Tokenizer.VocabularySize,
        file.Tokenizer.Normalization.Lowercase,
        file.TrainedMode,
        file.Tensors.Where(tensor => IsParameter(tensor.Name, file.Spec)).Sum(tensor => tensor.Count),
        file.Training,
        file.Origin);

    // Files have the two biases of PyTorch where an LSTM or an RNN has their sum.
    private static bool IsParameter(string tensor, ModelSpec spec) =>
        !tensor.StartsWith("optimizer.", StringComparison.Ordinal)
        && (spec.Architecture == Architecture.Gru || !tensor.Contains(".bias_hh_", StringComparison.Ordinal));
}

/// <summary>
/// The models in the workspace. Names from requests are only compared with the names of <see cref="ModelStore.List"/>: they are never used
/// as paths.
/// </summary>
public sealed class ModelLibrary(ModelStore store, Workspace workspace, WorkspaceItems items)
{
    // Entries are equal only if the file has not changed.
    private readonly ConcurrentDictionary<string, ModelSummary> known = [];

    /// <summary>All models, the newest first.</summary>
    public IReadOnlyList<ModelSummary> List()
    {
        IReadOnlyList<ModelEntry> entries = store.List();
        foreach (string gone in known.Keys.Except(entries.Select(entry => entry.Name))) known.TryRemove(gone, out _);
        return [.. entries.Select(Read).OfType<ModelSummary>().OrderByDescending(model => model.Entry.Created)];
    }

    /// <summary>The model with a name; null if there is none.</summary>
    public ModelSummary? Find(string name) => store.List().FirstOrDefault(entry => entry.Name == name) is { } entry ? Read(entry) : null;

    /// <summary>Renames a model, and its run if it is the model of one.</summary>
    /// <inheritdoc cref="WorkspaceItems.Rename"/>
    public string Rename(ModelSummary model, string wanted)
    {
        ArgumentNullException.ThrowIfNull(model);
        return items.Rename(ItemOf(model), model.Run, wanted);
    }

    /// <summary>Deletes a model, and its run if it is the model of one.</summary>
    /// <inheritdoc cref="WorkspaceItems.Delete"/>
    public Action Delete(ModelSummary model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return items.Delete(ItemOf(model), model.Run);
    }

    /// <summary>Saves a model under a free name, which is like the wanted one.</summary>
    /// <returns>The name.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public string Add(LanguageModel model, string wanted)
    {
        ArgumentNullException.ThrowIfNull(model);
        string name = items.FreeName(wanted);
        model.Save(Path.Combine(workspace.Folder, name + WorkspaceItems.Extension));
        store.Refresh();
        return name;
    }

    /// <summary>The model file, or the folder of the run.</summary>
    private string ItemOf(ModelSummary model) => model.Run is null ? model.Entry.Path : Path.Combine(workspace.Folder, model.Run);

    private ModelSummary? Read(ModelEntry entry)
    {
        if (known.TryGetValue(entry.Name, out ModelSummary? old) && old.Entry == entry) return old;
        string folder = Path.GetDirectoryName(entry.Path)!;
        string? run = folder == workspace.Folder ? null : Path.GetRelativePath(workspace.Folder, folder);
        try
        {
            return known[entry.Name] = new ModelSummary(entry, run, ModelFacts.Of(ModelFileInfo.Read(entry.Path)), null);
        }
        catch (AphoristException exception)
        {
            // A file that is gone, or is replaced just now, is read again.
            return File.Exists(entry.Path) ? new ModelSummary(entry, run, null, exception) : null;
        }
    }
}

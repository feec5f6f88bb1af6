namespace Aphorist.Cli.CommandLine;

/// <summary>Finds and loads the model that a call names.</summary>
internal static class ModelPath
{
    /// <summary>Returns the file itself, or the best model in the folder of a run; in its first epoch, the last model.</summary>
    public static string Of(string named) => !Directory.Exists(named)
        ? named
        : InFolder(named) ?? throw new FileNotFoundException(
            $"There is no model in '{named}' yet. A run saves its first model with its first checkpoint.");

    /// <summary>The model in the folder of a run; null if there is none.</summary>
    public static string? InFolder(string folder)
    {
        string[] files = [Path.Combine(folder, "model.safetensors"), Path.Combine(folder, "last.safetensors")];
        return Array.Find(files, File.Exists);
    }

    /// <summary>Loads a model. Its file can be a pipe into which nobody writes, so the call can be interrupted meanwhile.</summary>
    public static Task<LanguageModel> LoadAsync(string path, CancellationToken cancellationToken) =>
        Task.Run(() => LanguageModel.Load(path), cancellationToken).WaitAsync(cancellationToken);
}

namespace Aphorist.Cli.CommandLine;

/// <summary>Finds and loads the model that a call names.</summary>
internal static class ModelPath
{
    /// <summary>Returns the file itself, or the best model in the folder of a run.</summary>
    public static string Of(string named)
    {
        if (!Directory.Exists(named)) return named;
        string best = Path.Combine(named, "model.safetensors");
        return File.Exists(best)
            ? best
            : throw new FileNotFoundException($"There is no model in '{named}' yet. A run saves its first model after the first epoch.");
    }

    /// <summary>Loads a model. Its file can be a pipe into which nobody writes, so the call can be interrupted meanwhile.</summary>
    public static Task<LanguageModel> LoadAsync(string path, CancellationToken cancellationToken) =>
        Task.Run(() => LanguageModel.Load(path), cancellationToken).WaitAsync(cancellationToken);
}

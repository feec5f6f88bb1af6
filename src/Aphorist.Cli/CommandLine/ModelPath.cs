using Aphorist.Training;

namespace Aphorist.Cli.CommandLine;

/// <summary>Finds and loads the model that a call names.</summary>
internal static class ModelPath
{
    /// <summary>Returns the file itself, or the best model in the folder of a run; in its first epoch, the last model.</summary>
    public static string Of(string named) => !Directory.Exists(named)
        ? named
        : TrainingRun.FindModel(named) ?? throw new FileNotFoundException(
            $"There is no model in '{named}' yet. A run saves its first model with its first checkpoint.");

    /// <summary>Loads a model. Its file can be a pipe into which nobody writes, so the call can be interrupted meanwhile.</summary>
    public static Task<LanguageModel> LoadAsync(string path, CancellationToken cancellationToken) =>
        Task.Run(() => LanguageModel.Load(path), cancellationToken).WaitAsync(cancellationToken);
}

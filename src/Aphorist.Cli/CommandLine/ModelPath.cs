namespace Aphorist.Cli.CommandLine;

/// <summary>Where the model is that a call names.</summary>
internal static class ModelPath
{
    /// <summary>The file itself, or the best model in the folder of a run.</summary>
    public static string Of(string named)
    {
        if (!Directory.Exists(named)) return named;
        string best = Path.Combine(named, "model.safetensors");
        return File.Exists(best)
            ? best
            : throw new FileNotFoundException($"There is no model in '{named}' yet: a run saves its first one after the first epoch.");
    }
}

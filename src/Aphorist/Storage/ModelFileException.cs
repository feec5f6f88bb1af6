namespace Aphorist;

/// <summary>A model file cannot be read: it is missing, damaged, or not the expected kind of file.</summary>
public sealed class ModelFileException : AphoristException
{
    private const int MaxProblemLength = 400;

    /// <summary>Creates the exception.</summary>
    /// <param name="path">The path of the file, or the name of the stream.</param>
    /// <param name="problem">What is wrong and what to do, as a part of a sentence without a full stop.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ModelFileException(string path, string problem, Exception? innerException = null)
        : base($"Cannot read '{path}': {OneLine(problem)}.", innerException) => Path = path;

    /// <summary>The path of the file, or the name of the stream.</summary>
    public string Path { get; }

    /// <summary>The format of the file if it is a model of another program; null if it is none or its format is unknown.</summary>
    public OtherModelFormat? OtherFormat { get; init; }

    // Problems quote names from the file. In a damaged file, these may have any length and contain control characters.
    private static string OneLine(string problem)
    {
        string text = string.Concat(problem.Select(character => char.IsControl(character) ? '\uFFFD' : character));
        return text.Length <= MaxProblemLength ? text : text[..MaxProblemLength] + "...";
    }
}

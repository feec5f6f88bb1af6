namespace Aphorist;

/// <summary>A model file cannot be read: it is missing, damaged, or not a model.</summary>
public sealed class ModelFileException : AphoristException
{
    private const int LongestProblem = 400;

    /// <summary>Says which file cannot be read and why.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What is wrong with it, and what to do, without a full stop.</param>
    /// <param name="cause">The exception behind it, if there is one.</param>
    public ModelFileException(string path, string problem, Exception? cause = null)
        : base($"Cannot read '{path}': {OneLine(problem)}.", cause) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }

    // A damaged file chooses the names that a problem quotes, so they may hold anything, at any length.
    private static string OneLine(string problem)
    {
        string text = string.Concat(problem.Select(character => char.IsControl(character) ? '\uFFFD' : character));
        return text.Length <= LongestProblem ? text : text[..LongestProblem] + "...";
    }
}

namespace Aphorist.Peers;

/// <summary>Where the corpus is when the command line does not name it.</summary>
internal static class CorpusFile
{
    public const string FolderVariable = "APHORIST_CORPORA";
    public const string DefaultName = "tinyshakespeare.txt";

    /// <summary>tinyshakespeare in the folder that the environment names, or null if it names none.</summary>
    public static string? Default =>
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? Path.Combine(folder, DefaultName) : null;
}

namespace Aphorist.Peers;

/// <summary>The corpus that is used if the command line does not name one.</summary>
internal static class CorpusFile
{
    public const string FolderVariable = "APHORIST_CORPORA";
    public const string DefaultName = "tinyshakespeare.txt";

    /// <summary>The path of tinyshakespeare in the folder <see cref="FolderVariable"/>, or null if the variable is not set.</summary>
    public static string? Default =>
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? Path.Combine(folder, DefaultName) : null;
}

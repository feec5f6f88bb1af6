namespace Aphorist.Text;

/// <summary>The sentences about files that several readers say.</summary>
internal static class CorpusSentences
{
    public static CorpusException NoSuchFile(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        string advice = CorpusCatalog.TryGet(name, out _) ? $"'{name}' without the ending is in the catalogue, or check the path" : "check the path";
        string folder = Path.IsPathRooted(path) ? "" : $" (from {Directory.GetCurrentDirectory()})";
        return new($"There is no file or folder '{path}'{folder}: {advice}.");
    }

    public static CorpusException Unreadable(string path, Exception exception) => exception is UnauthorizedAccessException
        ? new($"'{path}' may not be read by this user: change its permissions, or copy it to where you may read it.", exception)
        : new($"'{path}' cannot be read ({exception.Message.TrimEnd('.')}): check the file and the disk it is on.", exception);

    public static CorpusException TooLong(string name) =>
        new($"'{name}' makes the text longer than the billion characters a corpus can hold: train on a part of it.");
}

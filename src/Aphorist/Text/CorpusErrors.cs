namespace Aphorist.Text;

/// <summary>The sentences about files that several readers say.</summary>
internal static class CorpusErrors
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
        new($"'{name}' makes the text longer than the billion characters that can be held in memory: give files instead of standard input, or train on a part of it.");

    public static CorpusException Changed(string path) =>
        new($"'{path}' changed while it was read: start again when nothing writes to it any more.");

    /// <summary>Whether a file could not be opened because somebody else has locked it.</summary>
    public static bool IsHeldByAnother(IOException exception) =>
        exception.HResult is unchecked((int)0x80070020) or 11 or 35; // ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK on Linux and on macOS.
}

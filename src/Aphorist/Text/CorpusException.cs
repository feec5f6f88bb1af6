using Aphorist.Text;

namespace Aphorist;

/// <summary>A corpus cannot be found, downloaded, read or decoded.</summary>
public sealed class CorpusException : AphoristException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do: one or two sentences for the user.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public CorpusException(string message, Exception? innerException = null) : base(message, innerException) { }

    /// <summary>What could not be decoded, so that a caller can look for the encoding; null if that is not what is wrong.</summary>
    public UndecodableText? Undecodable { get; internal init; }

    internal static CorpusException NotFound(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        string advice = CorpusCatalog.TryGet(name, out _)
            ? $"the catalog has '{name}', without the extension, or check the path"
            : "check the path";
        string folder = Path.IsPathRooted(path) ? "" : $" (from {Directory.GetCurrentDirectory()})";
        return new($"There is no file or folder '{path}'{folder}: {advice}.");
    }

    internal static CorpusException UnknownName(string name)
    {
        string[] names = [.. CorpusCatalog.Entries.Select(entry => entry.Name)];
        string nearest = NearestName.To(name, names) is { } found ? $" (did you mean '{found}'?)" : "";
        return new($"There is no corpus '{name}'{nearest}: the catalog has {string.Join(", ", names)}. To open a file, give its path.");
    }

    internal static CorpusException Unreadable(string path, Exception exception) => exception is UnauthorizedAccessException
        ? new($"'{path}' cannot be read: permission denied. Change its permissions, or copy it to a folder you can read.", exception)
        : new($"'{path}' cannot be read ({exception.Message.TrimEnd('.')}): check the file and the disk it is on.", exception);

    internal static CorpusException NoInput(string name, Exception exception) =>
        new($"Cannot read {name} ({exception.Message.TrimEnd('.')}): pipe some text into it, or give a file.", exception);

    internal static CorpusException TooLong(string name) => new(
        $"'{name}' makes the text longer than the billion characters that fit in memory: " +
        "give files instead of standard input, or use a part of the text.");

    internal static CorpusException Changed(string path) =>
        new($"'{path}' changed while it was read: start again when no other program writes to it.");
}

/// <summary>A text whose bytes are not valid in an encoding.</summary>
/// <param name="Name">The path of the file, or another name of the text.</param>
/// <param name="Encoding">The encoding that was expected.</param>
/// <param name="Offset">The offset of the first byte that is not valid, or the length of the text if its end is missing.</param>
/// <param name="Sample">
/// The text around this byte, at most 1 MiB of it: from the beginning of the text or of a line, if that is near enough.
/// </param>
/// <param name="SampleOffset">The offset of the sample in the text.</param>
public sealed record UndecodableText(string Name, string Encoding, long Offset, ReadOnlyMemory<byte> Sample, long SampleOffset);

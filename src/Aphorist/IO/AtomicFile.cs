using System.Text;

namespace Aphorist;

/// <summary>
/// Writes a file beside its final place and renames it there once it is complete and on disk, so that at any moment, even after a kill
/// or with a full disk, the path holds either the whole previous file or the whole new one.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private const string TemporaryMark = ".tmp-";

    private readonly string temporary;
    private readonly Stream stream;
    private bool finished;

    /// <summary>Starts a new version of a file; what is there now stays until <see cref="Commit"/>.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="IOException">The folder does not exist or cannot be written to, or the path names a folder.</exception>
    public AtomicFile(string path)
        : this(path, CreateTemporary)
    {
    }

    internal AtomicFile(string path, Func<string, Stream> create)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = path;
        if (Directory.Exists(path)) throw new IOException($"Could not write '{path}': it is a folder; name a file in it.");
        temporary = path + TemporaryMark + System.IO.Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal);
        try
        {
            stream = create(temporary);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            throw Failure(exception);
        }
    }

    /// <summary>The file that <see cref="Commit"/> replaces.</summary>
    public string Path { get; }

    /// <summary>Writes the whole file at once: UTF-8 without a byte order mark.</summary>
    /// <exception cref="IOException">It could not be written; the previous file is unchanged.</exception>
    public static void WriteAllText(string path, string text)
    {
        using AtomicFile file = new(path);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Commit();
    }

    /// <summary>Appends bytes to the new version.</summary>
    /// <exception cref="IOException">They could not be written, for example because the disk is full; the previous file is unchanged.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            stream.Write(bytes);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            Dispose();
            throw Failure(exception);
        }
    }

    /// <summary>Brings the new version to the disk and puts it in the place of the previous one.</summary>
    /// <exception cref="IOException">That failed; the previous file is unchanged.</exception>
    public void Commit()
    {
        try
        {
            FlushToDisk();
            stream.Dispose();
            File.Move(temporary, Path, overwrite: true);
            finished = true;
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            Dispose();
            throw Failure(exception);
        }
    }

    /// <summary>Removes the new version unless it was committed.</summary>
    public void Dispose()
    {
        if (finished) return;
        finished = true;
        try
        {
            stream.Dispose();
            File.Delete(temporary);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            // Whoever sees this is already handling the failure that matters; a leftover is removed when the run folder is next opened.
        }
    }

    /// <summary>Removes what killed processes left in a folder. Only for a folder in which nobody else is writing.</summary>
    internal static void DeleteLeftovers(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*" + TemporaryMark + "*")) File.Delete(file);
    }

    // Unbuffered: callers hand over large blocks, and a failed write must not be tried again when the stream is closed.
    private static FileStream CreateTemporary(string path) =>
        new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);

    private static bool IsFailure(Exception exception) => exception is IOException or UnauthorizedAccessException or NotSupportedException;

    private void FlushToDisk()
    {
        if (stream is FileStream file) file.Flush(flushToDisk: true);
        else stream.Flush();
    }

    private IOException Failure(Exception exception)
    {
        string reason = exception.Message.Replace(temporary, Path, StringComparison.Ordinal).TrimEnd('.');
        string previous = File.Exists(Path) ? "; the file that was there is unchanged" : "";
        return new IOException($"Could not write '{Path}': {reason}{previous}.", exception);
    }
}

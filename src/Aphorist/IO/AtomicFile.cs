using System.Text;

namespace Aphorist.IO;

/// <summary>
/// Writes a file to a temporary file in the same folder and renames it into place once it is complete and flushed to disk. At any moment,
/// even after the process is killed or when the disk is full, the path holds either the whole previous file or the whole new one.
/// </summary>
internal sealed class AtomicFile : IDisposable
{
    private const string TemporaryMark = ".tmp-";

    private readonly string temporary;
    private readonly Stream stream;
    private bool finished;

    /// <summary>Starts a new version of a file. The existing file stays until <see cref="Commit"/>.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="IOException">The folder does not exist or cannot be written to, or the path names a folder.</exception>
    public AtomicFile(string path)
        : this(path, CreateTemporary)
    {
    }

    /// <summary>Uses a given stream as the temporary file, for tests.</summary>
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

    /// <summary>Writes a whole text file: UTF-8 without a byte order mark.</summary>
    /// <exception cref="IOException">The file could not be written. The previous file is unchanged.</exception>
    public static void WriteAllText(string path, string text)
    {
        using AtomicFile file = new(path);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Commit();
    }

    /// <summary>Appends bytes to the new version.</summary>
    /// <exception cref="IOException">The write failed, for example because the disk is full. The previous file is unchanged.</exception>
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

    /// <summary>Flushes the new version to disk and replaces the previous one.</summary>
    /// <exception cref="IOException">The file could not be replaced. The previous file is unchanged.</exception>
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

    /// <summary>Deletes the temporary file unless it was committed.</summary>
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
            // The caller already handles the failure that matters. DeleteLeftovers removes the temporary file later.
        }
    }

    /// <summary>Deletes the temporary files that killed processes left in a folder. No other process may be writing there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The name of the file whose temporary files are deleted; those of all files by default.</param>
    internal static void DeleteLeftovers(string folder, string name = "*")
    {
        foreach (string file in Directory.EnumerateFiles(folder, name + TemporaryMark + "*")) File.Delete(file);
    }

    // Unbuffered: callers write large blocks, and a failed write must not be repeated when the stream is closed.
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

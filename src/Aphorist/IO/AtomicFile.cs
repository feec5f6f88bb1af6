using System.Text;

namespace Aphorist.IO;

/// <summary>
/// Writes a file to a temporary file in the same folder and renames it into place once it is complete and flushed to disk. At any moment,
/// even after the process is killed or when the disk is full, the path holds either the whole previous file or the whole new one.
/// </summary>
/// <remarks>
/// Symbolic links are followed. The new file has the permissions and, where possible, the owner of the previous one; a read-only file is
/// not replaced. Other names of the previous file (hard links) keep its content. A device, a pipe or an open descriptor such as
/// <c>/dev/stdout</c> is written to directly.
/// </remarks>
internal sealed class AtomicFile : Stream
{
    private const string TemporaryMark = ".tmp-";
    private const int LongestName = 200;
    private const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly FileTarget target;
    private readonly string? temporary;
    private readonly Stream stream;
    private bool finished;
    private long length;

    /// <summary>Starts a new version of a file. The existing file stays until <see cref="Commit"/>.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="IOException">
    /// The folder does not exist or cannot be written to, the path names a folder, or the existing file is read-only.
    /// </exception>
    public AtomicFile(string path)
        : this(path, null)
    {
    }

    /// <summary>Uses a given stream as the temporary file, for tests.</summary>
    internal AtomicFile(string path, Func<string, Stream>? create)
    {
        Path = path;
        target = Check(path);
        try
        {
            if (target.Kind == FileKind.Stream)
            {
                stream = target.OpenToWrite();
                return;
            }

            temporary = TemporaryName(target.Path);
            stream = (create ?? CreateTemporary)(temporary);
            target.CopyAttributesTo(temporary);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            if (stream is not null) Dispose();
            throw Failure(exception);
        }
    }

    /// <summary>The path as given.</summary>
    public string Path { get; }

    /// <summary>Whether this is a device, a pipe or a descriptor, which is written to directly.</summary>
    public bool IsStream => temporary is null;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    /// <summary>The number of bytes written so far.</summary>
    public override long Length => length;

    public override long Position
    {
        get => length;
        set => throw new NotSupportedException();
    }

    /// <summary>Checks that a file can be written to, as far as possible without writing.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public static FileTarget Check(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            FileTarget target = FileTarget.Of(path);
            string folder = System.IO.Path.GetDirectoryName(target.Path) ?? target.Path;
            string? reason = target.Kind == FileKind.Folder || System.IO.Path.EndsInDirectorySeparator(path)
                ? "it is a folder; name a file in it"
                : target.Kind == FileKind.Missing && !Directory.Exists(folder) ? $"there is no folder '{folder}'; create it first"
                : target.Kind == FileKind.File && IsReadOnly(target.Path) ? "it is read-only; make it writable, or name another file"
                : null;
            return reason is null ? target : throw new IOException(reason);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            throw new IOException($"Could not write '{path}': {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    /// <summary>Writes a whole text file: UTF-8 without a byte order mark.</summary>
    /// <exception cref="IOException">The file could not be written. The previous file is unchanged.</exception>
    public static void WriteAllText(string path, string text) => WriteAllBytes(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a whole file.</summary>
    /// <exception cref="IOException">The file could not be written. The previous file is unchanged.</exception>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> bytes)
    {
        using AtomicFile file = new(path);
        file.Write(bytes);
        file.Commit();
    }

    /// <summary>Appends bytes to the new version.</summary>
    /// <exception cref="IOException">The write failed, for example because the disk is full. The previous file is unchanged.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            stream.Write(buffer);
            length += buffer.Length;
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            Dispose();
            throw Failure(exception);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Does nothing: nothing is buffered, and <see cref="Commit"/> flushes the file to the disk.</summary>
    public override void Flush()
    {
    }

    /// <summary>Flushes the new version to disk and replaces the previous one.</summary>
    /// <exception cref="IOException">The file could not be replaced. The previous file is unchanged.</exception>
    public void Commit()
    {
        try
        {
            if (temporary is not null && stream is FileStream file) file.Flush(flushToDisk: true);
            else stream.Flush();
            // Writing moves the position of the descriptor, so another writer continues after this output.
            if (temporary is null && stream is FileStream { CanSeek: true } through) _ = through.SafeFileHandle;
            stream.Dispose();
            if (temporary is not null) File.Move(temporary, target.Path, overwrite: true);
            finished = true;
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            Dispose();
            throw Failure(exception);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Deletes the temporary files that killed processes left in a folder. No other process may be writing there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The name of the file whose temporary files are deleted; those of all files by default.</param>
    internal static void DeleteLeftovers(string folder, string name = "*")
    {
        foreach (string file in Directory.EnumerateFiles(folder, name + TemporaryMark + "*")) File.Delete(file);
    }

    /// <summary>Deletes the temporary file unless it was committed.</summary>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (finished || !disposing) return;
        finished = true;
        try
        {
            stream.Dispose();
            if (temporary is not null) File.Delete(temporary);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            // The caller already handles the failure that matters. DeleteLeftovers removes the temporary file later.
        }
    }

    private static string TemporaryName(string path)
    {
        string mark = TemporaryMark + System.IO.Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal);
        // The longest names leave no room for the mark.
        string name = System.IO.Path.GetFileName(path);
        return Encoding.UTF8.GetByteCount(name) <= LongestName
            ? path + mark
            : System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, "aphorist" + mark);
    }

    // Unbuffered: callers write large blocks, and a failed write must not be repeated when the stream is closed.
    private FileStream CreateTemporary(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        // Never more permissions than the previous file has.
        if (!OperatingSystem.IsWindows() && target.Kind == FileKind.File) options.UnixCreateMode = File.GetUnixFileMode(target.Path);
        return new FileStream(path, options);
    }

    private static bool IsReadOnly(string path)
    {
        if (OperatingSystem.IsWindows()) return File.GetAttributes(path).HasFlag(FileAttributes.ReadOnly);
        // An administrator may write to any file, but the owner asked for this one to be left alone.
        if ((File.GetUnixFileMode(path) & AnyWrite) == 0) return true;
        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static bool IsFailure(Exception exception) => exception is IOException or UnauthorizedAccessException or NotSupportedException;

    private IOException Failure(Exception exception)
    {
        string reason = exception.Message;
        if (temporary is not null) reason = reason.Replace(temporary, Path, StringComparison.Ordinal);
        string previous = temporary is not null && File.Exists(Path) ? "; the file that was there is unchanged" : "";
        return new IOException($"Could not write '{Path}': {reason.TrimEnd('.')}{previous}.", exception);
    }
}

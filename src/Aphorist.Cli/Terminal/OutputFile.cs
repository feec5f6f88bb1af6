using System.Text;

namespace Aphorist.Cli.Terminal;

/// <summary>
/// A file that a command writes. The content goes to a temporary file in the same folder, which is renamed into place when it is complete.
/// So the path always has either the whole previous file or the whole new one.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string temporary;
    private readonly FileStream stream;
    private bool isDone;

    /// <summary>Creates the temporary file. A place that cannot be written to is reported here, before any work.</summary>
    /// <exception cref="IOException">The folder does not exist or cannot be written to, or the path is a folder.</exception>
    public OutputFile(string path)
    {
        Path = path;
        if (Directory.Exists(path)) throw new IOException($"Could not write '{path}': it is a folder. Name a file in it.");
        temporary = $"{path}.tmp-{System.IO.Path.GetFileNameWithoutExtension(System.IO.Path.GetRandomFileName())}";
        stream = Try(() => new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0));
    }

    public string Path { get; }

    /// <summary>Writes a whole text file: UTF-8 without a byte order mark.</summary>
    public static void WriteAllText(string path, string text)
    {
        using OutputFile file = new(path);
        file.Commit(text);
    }

    /// <summary>Writes the content as UTF-8, flushes it to disk and renames the file into place.</summary>
    /// <exception cref="IOException">That failed. A previous file is unchanged.</exception>
    public void Commit(string text) => Try(() =>
    {
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush(flushToDisk: true);
        stream.Dispose();
        File.Move(temporary, Path, overwrite: true);
        return isDone = true;
    });

    /// <summary>Deletes the temporary file, unless it was committed.</summary>
    public void Dispose()
    {
        if (isDone) return;
        isDone = true;
        stream.Dispose();
        File.Delete(temporary);
    }

    private T Try<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string reason = exception.Message.Replace(temporary, Path, StringComparison.Ordinal).TrimEnd('.');
            throw new IOException($"Could not write '{Path}': {reason}.", exception);
        }
    }
}

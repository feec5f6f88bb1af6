namespace Aphorist.IO;

/// <summary>
/// Keeps other processes away by holding a file open. The operating system releases the lock when the process ends, however it ends, so a
/// killed process leaves no lock behind.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream file;

    private FileLock(FileStream file) => this.file = file;

    /// <summary>Locks an existing folder, with the file <c>.lock</c> in it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="kind">What the folder holds, for the message: a run or a sweep.</param>
    /// <exception cref="IOException">Another process holds the lock, or the folder is not writable.</exception>
    public static FileLock Take(string folder, string kind = "run")
    {
        string path = Path.Combine(folder, ".lock");
        try
        {
            while (true)
            {
                FileStream file = Open(path, FileOptions.DeleteOnClose);
                if (File.Exists(path)) return new FileLock(file);

                // The previous holder deleted the file after it was opened here. A lock on a deleted file locks nobody out.
                file.Dispose();
            }
        }
        catch (IOException exception) when (IsHeldElsewhere(exception))
        {
            throw new IOException(
                $"Another process is training into '{folder}': wait until it ends, or choose another {kind} folder.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"Cannot write into the {kind} folder '{folder}' ({exception.Message.TrimEnd('.')}): choose another folder.", exception);
        }
    }

    /// <summary>
    /// Locks a file, or returns null while another process or thread holds it. The file stays, since another process may be about to lock
    /// it.
    /// </summary>
    /// <param name="path">The lock file, which is created if it is missing.</param>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new FileLock(Open(path, FileOptions.None));
        }
        catch (IOException exception) when (IsHeldElsewhere(exception))
        {
            return null;
        }
    }

    public void Dispose() => file.Dispose();

    private static FileStream Open(string path, FileOptions options) =>
        new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, options);

    // ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK on Linux and on macOS.
    private static bool IsHeldElsewhere(IOException exception) => exception.HResult is unchecked((int)0x80070020) or 11 or 35;
}

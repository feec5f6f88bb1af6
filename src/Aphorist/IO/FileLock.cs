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
    /// <returns>The lock, or null if another process holds it.</returns>
    /// <exception cref="IOException">The folder is not writable.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable.</exception>
    public static FileLock? TryTake(string folder)
    {
        string path = PathIn(folder);
        try
        {
            if (TryOpen(path, FileOptions.DeleteOnClose) is not { } file) return null;
            if (File.Exists(path)) return new FileLock(file);

                // The previous holder deleted the file after it was opened here. A lock on a deleted file locks nobody out.
                file.Dispose();
            }
        }
        catch (IOException exception) when (IsHeldElsewhere(exception))
        {
            return null;
        }
    }

    /// <summary>Locks a file. It is not deleted afterwards, since another process may be about to lock it.</summary>
    /// <param name="path">The lock file, which is created if it is missing.</param>
    /// <returns>The lock, or null while another process or thread holds it.</returns>
    /// <exception cref="IOException">The file is not writable.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is not writable.</exception>
    public static FileLock? TryTakeFile(string path)
    {
        try
        {
            // Without write access and with sharing the file is not locked exclusively, and it is not created.
            new FileStream(LockFileOf(folder), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0).Dispose();
            return false;
        }
        catch (IOException exception)
        {
            return IsHeldElsewhere(exception);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Dispose() => file.Dispose();

    private static string LockFileOf(string folder) => Path.Combine(folder, ".lock");

    private static FileStream? TryOpen(string path, FileOptions options)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, options);
        }
        catch (IOException exception) when (IsHeldElsewhere(exception))
        {
            return null;
        }
    }

    /// <summary>Whether a process holds the lock of a folder. This does not keep another process from taking it.</summary>
    /// <param name="folder">The folder.</param>
    public static bool IsHeld(string folder)
    {
        try
        {
            // Without write access and with sharing, the file is neither locked exclusively nor created.
            new FileStream(PathIn(folder), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0).Dispose();
            return false;
        }
        catch (IOException exception)
        {
            return IsHeldElsewhere(exception);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Locks an existing folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="kind">What the folder holds, for the message: a run or a sweep.</param>
    /// <exception cref="IOException">Another process holds the lock, or the folder is not writable.</exception>
    public static FileLock Take(string folder, string kind = "run")
    {
        try
        {
            return TryTake(folder) ?? throw new IOException(
                $"Another process is training into '{folder}': wait until it ends, or choose another {kind} folder.");
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(
                $"Cannot write into the {kind} folder '{folder}' ({exception.Message.TrimEnd('.')}): choose another folder.", exception);
        }
    }

    public void Dispose() => file.Dispose();

    private static string PathIn(string folder) => Path.Combine(folder, ".lock");

    private static FileStream Open(string path, FileOptions options) =>
        new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, options);

    // ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK on Linux and on macOS.
    private static bool IsHeldElsewhere(IOException exception) => exception.HResult is unchecked((int)0x80070020) or 11 or 35;
}

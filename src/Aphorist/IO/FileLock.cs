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
    /// <returns>The lock; null while another process holds it.</returns>
    /// <exception cref="IOException">The folder is not writable.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable.</exception>
    public static FileLock? TryTakeFolder(string folder)
    {
        string path = LockFileOf(folder);
        while (true)
        {
            if (TryOpen(path, FileOptions.DeleteOnClose) is not { } file) return null;
            if (File.Exists(path)) return new FileLock(file);

            // The previous holder deleted the file after it was opened here. A lock on a deleted file locks nobody out.
            file.Dispose();
        }
    }

    /// <summary>Locks a file. The file stays after the lock is released, since another process may be about to lock it.</summary>
    /// <param name="path">The lock file, which is created if it is missing.</param>
    /// <returns>The lock; null while another process or thread holds it.</returns>
    public static FileLock? TryTakeFile(string path) => TryOpen(path, FileOptions.None) is { } file ? new FileLock(file) : null;

    /// <summary>Whether a process holds the lock of a folder. This does not keep another process from taking it.</summary>
    public static bool IsFolderLocked(string folder)
    {
        try
        {
            // Without write access and with sharing the file is not locked exclusively, and it is not created.
            const FileShare share = FileShare.ReadWrite | FileShare.Delete;
            new FileStream(LockFileOf(folder), FileMode.Open, FileAccess.Read, share, bufferSize: 0).Dispose();
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

    // ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK on Linux and on macOS.
    private static bool IsHeldElsewhere(IOException exception) => exception.HResult is unchecked((int)0x80070020) or 11 or 35;
}

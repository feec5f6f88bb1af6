namespace Aphorist.IO;

/// <summary>
/// Keeps other processes out of a folder by holding the file <c>.lock</c> in it open. The operating system releases it when the process ends in any way, so
/// the file that a killed process leaves behind locks nobody out.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // ERROR_SHARING_VIOLATION; EWOULDBLOCK of Linux and of macOS.
    private static readonly int[] HeldElsewhere = [unchecked((int)0x80070020), 11, 35];

    private readonly FileStream file;

    private FileLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock of an existing folder.</summary>
    /// <returns>The lock; null if another process holds it.</returns>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public static FileLock? TryTake(string folder)
    {
        string path = PathIn(folder);
        try
        {
            while (true)
            {
                FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
                if (File.Exists(path)) return new FileLock(file);

                // The previous holder deleted the file after it was opened here and before it was locked. A lock on a deleted file keeps nobody out.
                file.Dispose();
            }
        }
        catch (IOException exception) when (HeldElsewhere.Contains(exception.HResult))
        {
            return null;
        }
    }

    /// <summary>Whether a process holds the lock of a folder. This does not keep another process from taking it.</summary>
    public static bool IsHeld(string folder)
    {
        try
        {
            // Without write access and with sharing the file is not locked exclusively, and it is not created.
            new FileStream(PathIn(folder), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0).Dispose();
            return false;
        }
        catch (IOException exception)
        {
            return HeldElsewhere.Contains(exception.HResult);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Dispose() => file.Dispose();

    private static string PathIn(string folder) => Path.Combine(folder, ".lock");
}

namespace Aphorist.IO;

/// <summary>
/// Keeps other processes out of the folder of a run, or of a sweep of runs, by holding the file <c>.lock</c> in it open. The operating system lets go of it when the
/// process ends in whatever way, so a lock left behind by a killed process stops nobody.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // ERROR_SHARING_VIOLATION; EWOULDBLOCK of Linux and of macOS.
    private static readonly int[] HeldElsewhere = [unchecked((int)0x80070020), 11, 35];

    private readonly FileStream file;

    private FileLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock of an existing folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="kind">What it is the folder of, which is also the name of the option that chooses it.</param>
    /// <exception cref="IOException">Another process holds it, or the folder cannot be written to.</exception>
    public static FileLock Take(string folder, string kind = "run")
    {
        string path = Path.Combine(folder, ".lock");
        try
        {
            while (true)
            {
                FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
                if (File.Exists(path)) return new FileLock(file);

                // The previous holder deleted the file between our opening and our locking it; a lock on a deleted file keeps nobody out.
                file.Dispose();
            }
        }
        catch (IOException exception) when (HeldElsewhere.Contains(exception.HResult))
        {
            throw new IOException($"Another process is training into '{folder}': wait until it ends, or choose another folder with --{kind}.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Cannot write into the {kind} folder '{folder}': {exception.Message.TrimEnd('.')}; choose another with --{kind}.", exception);
        }
    }

    public void Dispose() => file.Dispose();
}

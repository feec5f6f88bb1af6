namespace Aphorist.Training;

/// <summary>
/// Keeps other processes out of a run folder by holding the file <c>.lock</c> in it open. The operating system lets go of it when the
/// process ends in whatever way, so a lock left behind by a killed process stops nobody.
/// </summary>
internal sealed class RunLock : IDisposable
{
    // ERROR_SHARING_VIOLATION; EWOULDBLOCK of Linux and of macOS.
    private static readonly int[] HeldElsewhere = [unchecked((int)0x80070020), 11, 35];

    private readonly FileStream file;

    private RunLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock of an existing folder.</summary>
    /// <exception cref="IOException">Another process holds it, or the folder cannot be written to.</exception>
    public static RunLock Take(string folder)
    {
        string path = Path.Combine(folder, ".lock");
        try
        {
            while (true)
            {
                FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
                if (File.Exists(path)) return new RunLock(file);

                // The previous holder deleted the file between our opening and our locking it; a lock on a deleted file keeps nobody out.
                file.Dispose();
            }
        }
        catch (IOException exception) when (HeldElsewhere.Contains(exception.HResult))
        {
            throw new IOException($"Another process is training into '{folder}': wait until it ends, or choose another folder with --run.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Cannot write into the run folder '{folder}': {exception.Message.TrimEnd('.')}; choose another with --run.", exception);
        }
    }

    public void Dispose() => file.Dispose();
}

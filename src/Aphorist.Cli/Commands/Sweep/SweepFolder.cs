using Aphorist.IO;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>The folder of a sweep, which only one process at a time can hold.</summary>
internal static class SweepFolder
{
    /// <summary>Makes the folder if there is none, and keeps other sweeps out of it.</summary>
    /// <exception cref="IOException">It cannot be made or written to, or another process holds it.</exception>
    public static IDisposable Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Cannot make the sweep folder '{path}': {exception.Message.TrimEnd('.')}; choose another with --sweep.", exception);
        }

        try
        {
            FileLock held = FileLock.Take(path, "sweep");
            AtomicFile.DeleteLeftovers(path);
            return held;
        }
        catch (IOException exception)
        {
            throw new IOException($"{exception.Message.TrimEnd('.')} with --sweep.", exception);
        }
    }
}

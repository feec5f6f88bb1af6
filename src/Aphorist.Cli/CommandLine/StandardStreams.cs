using System.Runtime.InteropServices;
using Aphorist.Cli.Terminal;
using Microsoft.Win32.SafeHandles;

namespace Aphorist.Cli.CommandLine;

/// <summary>
/// Opens the standard streams of this process. The caller can have closed each of them (<c>&gt;&amp;-</c> in a shell): then output is
/// discarded, and reading fails.
/// </summary>
/// <remarks>
/// On Unix, a closed descriptor does not stay free: the next file that the process opens gets its number, at first a pipe of the runtime
/// itself. What is written to such a number damages that file. Descriptors that the caller passes on never have the flag close-on-exec,
/// and those that .NET opens always have it. The same can have happened to the caller: where bash runs a script without standard error,
/// the descriptor that it passes on is the script, which cannot be written.
/// </remarks>
internal static partial class StandardStreams
{
    // The same numbers on Linux and macOS.
    private const int GetDescriptorFlags = 1, CloseOnExec = 1;
    private const int GetStatusFlags = 3, AccessModes = 3, ReadOnly = 0, WriteOnly = 1;

    // So that no file that is opened later gets the number of a standard stream.
    private static readonly List<SafeFileHandle> Occupied = [];

    private static readonly bool[] AreOpen = [IsOpen(0, WriteOnly), IsOpen(1, ReadOnly), IsOpen(2, ReadOnly)];

    /// <summary>Opens standard input.</summary>
    public static Stream OpenInput() => AreOpen[0] ? Console.OpenStandardInput() : new ClosedInput();

    /// <summary>
    /// Opens standard output. .NET's console stream hides a broken pipe and a file stream reports it. But a file stream keeps its own
    /// position in a file, which would overwrite what standard error has written to the same file.
    /// </summary>
    public static Stream OpenOutput()
    {
        if (!AreOpen[1]) return Stream.Null;
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        FileStream file = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return file.CanSeek ? Console.OpenStandardOutput() : file;
    }

    /// <summary>Opens standard error.</summary>
    public static TextWriter OpenError() => AreOpen[2] ? Console.Error : TextWriter.Null;

    /// <summary>Whether the caller passed on a descriptor, other than one with a wrong access mode.</summary>
    private static bool IsOpen(int descriptor, int wrongMode)
    {
        // .NET itself replaces closed standard streams on Windows.
        if (OperatingSystem.IsWindows()) return true;
        int flags = Control(descriptor, GetDescriptorFlags);
        if (flags >= 0) return (flags & CloseOnExec) == 0 && (Control(descriptor, GetStatusFlags) & AccessModes) != wrongMode;
        Occupied.Add(File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
        return false;
    }

    // The function has a third argument for other commands than these.
    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command);
}

using System.Runtime.InteropServices;

namespace Aphorist.Distributed;

/// <summary>Calls of the C library.</summary>
internal static unsafe class NativeProcess
{
    private static readonly TimeSpan TimeToWrite = TimeSpan.FromSeconds(1);

    // Looked up early: while the process ends, the lookup can wait for ever.
    private static readonly delegate* unmanaged<int, void> ExitFunction = (delegate* unmanaged<int, void>)Export("_exit");

    private static readonly delegate* unmanaged<byte*, byte*, int, int> SetVariableFunction =
        (delegate* unmanaged<byte*, byte*, int, int>)Export("setenv");

    private static readonly delegate* unmanaged<uint, int> SleepFunction = (delegate* unmanaged<uint, int>)Export("usleep");

    /// <summary>Ends the process at once: no finalizers, no exit handlers of native libraries.</summary>
    /// <param name="exitCode">The exit code.</param>
    /// <param name="message">A line for standard error before that; null for none.</param>
    public static void Exit(int exitCode, string? message = null)
    {
        if (message is not null)
        {
            // Writing blocks for as long as nobody reads standard error.
            Thread writer = new(() => Console.Error.Write(message + Environment.NewLine)) { IsBackground = true };
            writer.Start();
            writer.Join(TimeToWrite);
        }

        ExitFunction(exitCode);
    }

    /// <summary>Sets an environment variable for native code, unless it has a value.</summary>
    public static void SetVariable(string name, string value)
    {
        nint nativeName = Marshal.StringToCoTaskMemUTF8(name), nativeValue = Marshal.StringToCoTaskMemUTF8(value);
        SetVariableFunction((byte*)nativeName, (byte*)nativeValue, 0);
        Marshal.FreeCoTaskMem(nativeName);
        Marshal.FreeCoTaskMem(nativeValue);
    }

    /// <summary>Sleeps for a time that is shorter than those of <see cref="Thread.Sleep(int)"/>.</summary>
    /// <param name="microseconds">The time, less than a second.</param>
    public static void Sleep(int microseconds) => SleepFunction((uint)microseconds);

    private static nint Export(string name) => NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), name);
}

using System.Runtime.InteropServices;

namespace Aphorist.Distributed;

/// <summary>What the C library does to this process.</summary>
internal static unsafe class NativeProcess
{
    // Looked up early: while the process ends, the lookup can wait for ever.
    private static readonly delegate* unmanaged<int, void> ExitFunction = (delegate* unmanaged<int, void>)Export("_exit");

    private static readonly delegate* unmanaged<byte*, byte*, int, int> SetVariableFunction =
        (delegate* unmanaged<byte*, byte*, int, int>)Export("setenv");

    /// <summary>Ends the process at once: no finalizers, no exit handlers of native libraries.</summary>
    public static void Exit(int exitCode) => ExitFunction(exitCode);

    /// <summary>Sets an environment variable for native code, unless it has a value.</summary>
    public static void SetVariable(string name, string value)
    {
        nint nativeName = Marshal.StringToCoTaskMemUTF8(name), nativeValue = Marshal.StringToCoTaskMemUTF8(value);
        SetVariableFunction((byte*)nativeName, (byte*)nativeValue, 0);
        Marshal.FreeCoTaskMem(nativeName);
        Marshal.FreeCoTaskMem(nativeValue);
    }

    private static nint Export(string name) => NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), name);
}

/// <summary>Ends the process if a call of MPI, which can hang while the network is down, does not return in time.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly ManualResetEventSlim done = new();

    /// <summary>Starts the clock.</summary>
    /// <param name="time">The longest time until <see cref="Dispose"/>.</param>
    /// <param name="exitCode">The exit code of the process after that time.</param>
    /// <param name="message">A line for standard error before that; null for none.</param>
    public Deadline(TimeSpan time, int exitCode, string? message = null)
    {
        // Not a timer, whose thread might be busy.
        Thread thread = new(() =>
        {
            if (done.Wait(time)) return;
            if (message is not null) Console.Error.Write(message + Environment.NewLine);
            NativeProcess.Exit(exitCode);
        });
        thread.IsBackground = true;
        thread.Start();
    }

    public void Dispose() => done.Set();
}

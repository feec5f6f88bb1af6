using System.Diagnostics;

namespace Aphorist.Tests;

/// <summary>Devices and pipes for tests. A test never writes to the real devices of the machine.</summary>
internal static class SpecialFile
{
    /// <summary>Creates a character device, or skips the test: only an administrator of Linux can.</summary>
    /// <param name="path">The path of the device.</param>
    /// <param name="number">Of the devices with the major number 1: 3 discards everything, 7 is always full.</param>
    public static string CreateDevice(string path, int number) => Create("mknod", path, "c", "1", $"{number}");

    /// <summary>Creates a named pipe, or skips the test.</summary>
    public static string CreatePipe(string path) => Create("mkfifo", path);

    /// <summary>Whether a path is a regular file, which neither a device nor a pipe is.</summary>
    public static bool IsRegular(string path) => Run("test", "-f", path);

    private static string Create(string program, string path, params string[] arguments)
    {
        Xunit.Assert.SkipUnless(OperatingSystem.IsLinux(), "This is for Linux.");
        Xunit.Assert.SkipUnless(Run(program, [path, .. arguments]), $"{program} is not possible for this user.");
        // Some file systems have devices that cannot be opened.
        bool isUsable = program == "mkfifo" || Run("dd", "if=/dev/null", $"of={path}", "conv=notrunc");
        Xunit.Assert.SkipUnless(isUsable, "Devices do not work here.");
        return path;
    }

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string RunPath => folder["runs/first"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Create_NewPath_MakesParentsAndLocksUntilDisposed()
    {
        using (RunFolder run = RunFolder.Create(RunPath))
        {
            Assert.True(File.Exists(Path.Combine(RunPath, ".lock")));
            Assert.Contains("Another process is training", Error(() => RunFolder.Create(RunPath)), StringComparison.Ordinal);
            Assert.Contains("Another process is training", Error(() => RunFolder.Open(RunPath)), StringComparison.Ordinal);
            Assert.Equal(RunPath, run.Path);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(RunPath));
        RunFolder.Create(RunPath).Dispose();
    }

    [Theory]
    [InlineData("options.json")]
    [InlineData("checkpoint.safetensors")]
    [InlineData("model.safetensors")]
    [InlineData("last.safetensors")]
    [InlineData("metrics.csv")]
    public void Create_FolderWithARun_AdvisesToResume(string file)
    {
        Directory.CreateDirectory(RunPath);
        File.WriteAllText(Path.Combine(RunPath, file), "");
        Assert.Contains($"--resume \"{RunPath}\"", Error(() => RunFolder.Create(RunPath)), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(RunPath, ".lock")));
    }

    [Fact]
    public void Create_PathIsAFile_SaysSo()
    {
        File.WriteAllText(folder["runs"], "");
        Assert.Contains($"Cannot make the run folder '{RunPath}'", Error(() => RunFolder.Create(RunPath)), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_FolderNotWritable_SaysSo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Permissions do not bind this user.");
        Directory.CreateDirectory(RunPath);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(RunPath, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Contains($"Cannot write into the run folder '{RunPath}'", Error(() => RunFolder.Create(RunPath)), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoRun_SaysSo()
    {
        Assert.Contains("no such folder", Error(() => RunFolder.Open(RunPath)), StringComparison.Ordinal);
        Directory.CreateDirectory(RunPath);
        Assert.Contains("no run was started in it", Error(() => RunFolder.Open(RunPath)), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AfterAKilledProcess_TakesTheStaleLockAndRemovesLeftovers()
    {
        Directory.CreateDirectory(Path.Combine(RunPath, "samples"));
        foreach (string file in (string[])["options.json", ".lock", "checkpoint.safetensors.tmp-abc", "samples/epoch-001.txt.tmp-abc"])
            File.WriteAllText(Path.Combine(RunPath, file), "");
        using RunFolder run = RunFolder.Open(RunPath);
        Assert.Equal([".lock", "options.json"], Directory.EnumerateFiles(RunPath, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Open_WhileAnotherProcessHoldsTheLock_IsRefusedUntilItIsKilled()
    {
        Assert.SkipUnless(RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && File.Exists("/usr/bin/flock"), "Needs the flock command.");
        Directory.CreateDirectory(RunPath);
        File.WriteAllText(Path.Combine(RunPath, "options.json"), "");
        using Process holder = Process.Start(new ProcessStartInfo("/usr/bin/flock", ["--no-fork", Path.Combine(RunPath, ".lock"), "/bin/sh", "-c", "echo held; read line"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("held", holder.StandardOutput.ReadLine());
        Assert.Contains("Another process is training", Error(() => RunFolder.Open(RunPath)), StringComparison.Ordinal);
        holder.Kill();
        holder.WaitForExit();
        RunFolder.Open(RunPath).Dispose();
    }

    [Fact]
    public void WriteSample_Epoch_GoesIntoItsFile()
    {
        using RunFolder run = RunFolder.Create(RunPath);
        run.WriteSample(7, "text");
        Assert.Equal("text", File.ReadAllText(Path.Combine(RunPath, "samples", "epoch-007.txt")));
    }

    private static string Error(Func<object> action) => Assert.ThrowsAny<IOException>(action).Message;
}

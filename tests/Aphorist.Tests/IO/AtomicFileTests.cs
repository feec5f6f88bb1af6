using Aphorist.IO;
using Xunit;

namespace Aphorist.Tests.IO;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string FilePath => folder["x.txt"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Commit_NewAndExistingFile_HoldsTheNewTextAndNothingElseIsLeft()
    {
        AtomicFile.WriteAllText(FilePath, "first");
        AtomicFile.WriteAllText(FilePath, "sécond");
        Assert.Equal("sécond"u8, File.ReadAllBytes(FilePath));
        Assert.Equal(["x.txt"], folder.FileNames());
    }

    [Fact]
    public void Write_BeforeCommit_ThePreviousFileIsThere()
    {
        AtomicFile.WriteAllText(FilePath, "previous");
        using (AtomicFile file = new(FilePath))
        {
            file.Write("new"u8);
            Assert.Equal("previous", File.ReadAllText(FilePath));
        }

        Assert.Equal("previous", File.ReadAllText(FilePath));
        Assert.Equal(["x.txt"], folder.FileNames());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Write_DiskFull_KeepsThePreviousFileAndSaysWhere(int room)
    {
        AtomicFile.WriteAllText(FilePath, "previous");
        using AtomicFile file = new(FilePath, path => new FullDiskStream(path, room));
        string message = Assert.Throws<IOException>(() =>
        {
            file.Write("12345"u8);
            file.Write("6"u8);
            file.Commit();
        }).Message;
        Assert.Equal(
            $"Could not write '{FilePath}': No space left on device : '{FilePath}'; the file that was there is unchanged.", message);
        Assert.Equal("previous", File.ReadAllText(FilePath));
        Assert.Equal(["x.txt"], folder.FileNames());
    }

    [Fact]
    public void Constructor_FolderOrMissingFolder_SaysSo()
    {
        Assert.Contains(
            "it is a folder", Assert.ThrowsAny<IOException>(() => new AtomicFile(folder.Path)).Message, StringComparison.Ordinal);
        string missing = folder["missing/x.txt"];
        Assert.Contains(
            $"Could not write '{missing}'", Assert.ThrowsAny<IOException>(() => new AtomicFile(missing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Commit_TargetBecameAFolder_RemovesTheTemporary()
    {
        using AtomicFile file = new(FilePath);
        Directory.CreateDirectory(folder["x.txt/inside"]);
        Assert.Contains($"Could not write '{FilePath}'", Assert.ThrowsAny<IOException>(file.Commit).Message, StringComparison.Ordinal);
        Assert.Empty(folder.FileNames());
    }

    [Fact]
    public void Constructor_MissingFolder_SaysWhichOneWithoutTheTemporaryName()
    {
        string message = Assert.Throws<IOException>(() => new AtomicFile(folder["missing/x.txt"])).Message;
        Assert.Equal(
            $"Could not write '{folder["missing/x.txt"]}': there is no folder '{folder["missing"]}'; create it first.", message);
        Assert.Throws<IOException>(() => new AtomicFile(folder["new"] + "/"));
    }

    [Fact]
    public void Commit_SymbolicLinks_WritesTheFileAtTheirEnd()
    {
        SkipOnWindows();
        Directory.CreateDirectory(folder["real/deep"]);
        Directory.CreateSymbolicLink(folder["folder"], folder["real/deep"]);
        File.WriteAllText(folder["real/target.txt"], "previous");
        File.CreateSymbolicLink(folder["real/deep/relative.txt"], "../target.txt");
        File.CreateSymbolicLink(folder["chain.txt"], "folder/relative.txt");
        File.CreateSymbolicLink(folder["dangling.txt"], "real/new.txt");

        AtomicFile.WriteAllText(folder["chain.txt"], "chain");
        AtomicFile.WriteAllText(folder["dangling.txt"], "dangling");

        Assert.Equal("chain", File.ReadAllText(folder["real/target.txt"]));
        Assert.Equal("dangling", File.ReadAllText(folder["real/new.txt"]));
        Assert.Equal("folder/relative.txt", new FileInfo(folder["chain.txt"]).LinkTarget);
        Assert.Equal("../target.txt", new FileInfo(folder["real/deep/relative.txt"]).LinkTarget);
        Assert.Equal("real/new.txt", new FileInfo(folder["dangling.txt"]).LinkTarget);
        Assert.Equal(2, Directory.GetFiles(folder["real"]).Length);
    }

    [Fact]
    public void Constructor_LinksWithoutEnd_SaysSo()
    {
        SkipOnWindows();
        File.CreateSymbolicLink(folder["one"], "two");
        File.CreateSymbolicLink(folder["two"], "one");
        IOException error = Assert.Throws<IOException>(() => new AtomicFile(folder["one"]));
        Assert.Contains("too many levels of symbolic links", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Commit_ExistingFile_KeepsItsPermissions()
    {
        SkipOnWindows();
        if (OperatingSystem.IsWindows()) return; // The compiler does not know that the test ends.
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherExecute;
        File.WriteAllText(FilePath, "previous");
        File.SetUnixFileMode(FilePath, mode);
        AtomicFile.WriteAllText(FilePath, "new");
        Assert.Equal(mode, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void Constructor_ReadOnlyFile_RefusesItAlsoForAnAdministrator()
    {
        SkipOnWindows();
        if (OperatingSystem.IsWindows()) return; // The compiler does not know that the test ends.
        File.WriteAllText(FilePath, "previous");
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead);
        string message = Assert.Throws<IOException>(() => new AtomicFile(FilePath)).Message;
        Assert.Equal($"Could not write '{FilePath}': it is read-only; make it writable, or name another file.", message);
        Assert.Equal("previous", File.ReadAllText(FilePath));
        Assert.Equal(["x.txt"], folder.FileNames());
    }

    [Fact]
    public void Commit_Device_StaysADevice()
    {
        string device = SpecialFile.CreateDevice(folder["device"], 3);
        AtomicFile.WriteAllText(device, "discarded");
        Assert.False(SpecialFile.IsRegular(device));
        Assert.Equal(0, new FileInfo(device).Length);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Write_FullDevice_SaysSo()
    {
        string device = SpecialFile.CreateDevice(folder["device"], 7);
        string message = Assert.Throws<IOException>(() => AtomicFile.WriteAllText(device, "text")).Message;
        Assert.StartsWith($"Could not write '{device}': No space left", message, StringComparison.Ordinal);
        Assert.DoesNotContain("unchanged", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commit_Pipe_ReachesItsReader()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string pipe = SpecialFile.CreatePipe(folder["pipe"]);
        Task<string> reader = Task.Run(() => File.ReadAllText(pipe), cancellationToken);
        await Task.Run(() => AtomicFile.WriteAllText(pipe, "through the pipe"), cancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
        Assert.Equal("through the pipe", await reader.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken));
        Assert.False(SpecialFile.IsRegular(pipe));
    }

    [Fact]
    public void Commit_OpenDescriptor_WritesAtItsPosition()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The descriptors of a process are files on Linux only.");
        using FileStream open = new(FilePath, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        open.Write("before, "u8);
        // The handle moves the descriptor to the stream's position.
        AtomicFile.WriteAllText($"/proc/self/fd/{open.SafeFileHandle.DangerousGetHandle()}", "after");
        Assert.Equal("before, after", File.ReadAllText(FilePath));
        Assert.Equal(["x.txt"], folder.FileNames());
    }

    [Fact]
    public void Commit_LongestName_IsWritten()
    {
        string name = new('n', 250);
        AtomicFile.WriteAllText(folder[name], "text");
        Assert.Equal([name], folder.FileNames());
    }

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "This is for Unix.");

    /// <summary>A file on a disk with a limited number of free bytes.</summary>
    private sealed class FullDiskStream(string path, int room) : FileStream(path, FileMode.CreateNew)
    {
        private int left = room;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (buffer.Length > left) throw new IOException($"No space left on device : '{Name}'");
            left -= buffer.Length;
            base.Write(buffer);
        }
    }
}

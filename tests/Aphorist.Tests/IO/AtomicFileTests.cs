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

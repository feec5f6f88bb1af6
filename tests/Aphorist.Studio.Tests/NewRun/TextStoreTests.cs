using System.Text;
using Aphorist.Studio.Components;
using Aphorist.Studio.Hosting;
using Aphorist.Studio.NewRun;
using Aphorist.Tests;
using Xunit;

namespace Aphorist.Studio.Tests.NewRun;

public sealed class TextStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Workspace workspace;
    private readonly TextStore texts;

    public TextStoreTests()
    {
        workspace = Workspace.Open(folder.Path);
        texts = new TextStore(workspace, new Trash(workspace));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("story.txt", "story.txt")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("..\\..\\boot.ini", "boot.ini")]
    [InlineData("/absolute/path.txt", "path.txt")]
    [InlineData(".hidden", "hidden")]
    [InlineData("..", "text")]
    [InlineData("", "text")]
    [InlineData("a\0b\nc.txt", "a-b-c.txt")]
    [InlineData("三国演义.txt", "三国演义.txt")]
    [InlineData("catalog:fables", "catalog-fables")]
    [InlineData("aux.txt", "aux-.txt")]
    [InlineData("Com1.tar.gz", "Com1-.tar.gz")]
    [InlineData("CON", "CON-")]
    [InlineData("nul.123456789012345678901234567890123456789012345678901234567890123456789012345678",
        "nul-.123456789012345678901234567890123456789012345678901234567890123456789012345")]
    [InlineData("console.txt", "console.txt")]
    [InlineData("com.txt", "com.txt")]
    public async Task AddAsync_AnyName_StaysInTheFolderOfTexts(string name, string expected)
    {
        TextEntry added = await AddAsync(name, "Once upon a time.");
        Assert.Equal(expected, added.Id);
        Assert.Equal(Path.Combine(workspace.Texts, expected), added.Source);
        Assert.Equal(added, texts.Find(added.Id));
        Assert.Equal([added], texts.List().Where(text => text.Entry is null));
    }

    [Theory]
    [InlineData("story.txt", "story-2.txt", "story-3.txt")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345.txt",
        "01234567890123456789012345678901234567890123456789012345678901234567890123-2.txt",
        "01234567890123456789012345678901234567890123456789012345678901234567890123-3.txt")]
    public async Task AddAsync_NameIsTaken_GetsAnotherName(string name, string second, string third)
    {
        await AddAsync(name, "one");
        Assert.Equal(second, (await AddAsync(name, "two")).Id);
        Assert.Equal(third, (await AddAsync(name, "three")).Id);
        Assert.Equal("one", await File.ReadAllTextAsync(texts.Find(name)!.Source, TestContext.Current.CancellationToken));
        Assert.Equal(3, texts.List().Count(text => text.Entry is null));
    }

    [Fact]
    public async Task AddAsync_SeveralAtTheSameTime_KeepsAll()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => AddAsync("same.txt", $"text {number}")));
        Assert.Equal(20, texts.List().Count(text => text.Entry is null));
        AssertNoLeftovers(20);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \n\t")]
    [InlineData("... --- ...")]
    public async Task AddAsync_WithoutLetters_IsRefused(string content)
    {
        TextException exception = await Assert.ThrowsAsync<TextException>(() => AddAsync("empty.txt", content));
        Assert.Contains("contains no text", exception.Sentence.English, StringComparison.Ordinal);
        Assert.Contains("没有文字", exception.Sentence.Chinese, StringComparison.Ordinal);
        AssertNoLeftovers(0);
    }

    [Fact]
    public async Task AddAsync_BinaryFile_IsRefused()
    {
        byte[] bytes = new byte[50_000];
        new Random(7).NextBytes(bytes);
        TextException exception = await Assert.ThrowsAsync<TextException>(() => AddAsync("picture.png", bytes));
        Assert.Contains("is not plain text", exception.Sentence.English, StringComparison.Ordinal);
        AssertNoLeftovers(0);
    }

    [Fact]
    public async Task AddAsync_MoreThanTheLimit_IsRefusedWhileItIsRead()
    {
        // The browser said that it is smaller.
        await using EndlessStream content = new();
        TextException exception = await Assert.ThrowsAsync<TextException>(
            () => texts.AddAsync("huge.txt", content, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("100 MB", exception.Sentence.English, StringComparison.Ordinal);
        Assert.InRange(content.Position, TextStore.MaxBytes, TextStore.MaxBytes + (1 << 20));
        AssertNoLeftovers(0);
    }

    [Fact]
    public async Task AddAsync_ConnectionBreaks_LeavesNoFile()
    {
        await using BrokenStream content = new();
        await Assert.ThrowsAsync<IOException>(
            () => texts.AddAsync("half.txt", content, cancellationToken: TestContext.Current.CancellationToken));
        AssertNoLeftovers(0);
    }

    [Fact]
    public void Create_UploadsOfAStudioThatWasKilled_AreDeleted()
    {
        string left = Path.Combine(workspace.Texts, ".new-1"), written = Path.Combine(workspace.Texts, ".new-2");
        File.WriteAllText(left, "half a te");
        // Another studio with the same folder.
        using FileStream upload = new(written, FileMode.CreateNew, FileAccess.Write);
        _ = new TextStore(workspace, new Trash(workspace));
        Assert.Equal([written], Directory.GetFileSystemEntries(workspace.Texts));
    }

    [Theory]
    [InlineData("gb18030", "天下大势，分久必合，合久必分。")]
    [InlineData("windows-1252", "Über den Fluß führt eine schöne Brücke; die Mädchen gehen täglich darüber. ")]
    [InlineData("shift_jis", "吾輩は猫である。名前はまだ無い。")]
    public async Task ReadAsync_OtherEncoding_IsDetected(string encoding, string line)
    {
        string content = string.Concat(Enumerable.Repeat(line + "\n", 30));
        TextEntry added = await AddAsync("old.txt", CodePagesEncodingProvider.Instance.GetEncoding(encoding)!.GetBytes(content));
        TextReading reading = await ReadAsync(added);
        Assert.Equal((encoding, null), (reading.Encoding, reading.Problem));
        Assert.StartsWith(line, reading.Excerpt, StringComparison.Ordinal);
        Assert.Equal(content.Length, reading.Characters);
        Assert.Equal(content.Distinct().Count(), reading.Vocabulary);
    }

    [Fact]
    public async Task ReadAsync_WrongEncoding_SaysWhatIsWrong()
    {
        TextEntry added = await AddAsync("new.txt", "Ein schöner Tag.");
        TextReading wrong = await ReadAsync(added, "utf-16LE"), readable = await ReadAsync(added, "windows-1252");
        Assert.DoesNotContain("schöner", wrong.Excerpt, StringComparison.Ordinal);
        Assert.Contains("schÃ¶ner", readable.Excerpt, StringComparison.Ordinal);
        TextReading impossible = await ReadAsync(await AddAsync("latin.txt", Encoding.Latin1.GetBytes("Ein schöner Tag.")), "utf-8");
        Assert.Contains("byte 7 is not valid in this encoding", impossible.Problem!.English, StringComparison.Ordinal);
        Assert.Contains("第 7 个字节", impossible.Problem.Chinese, StringComparison.Ordinal);
        Assert.NotNull((await ReadAsync(added, "no-such-encoding")).Problem);
    }

    [Fact]
    public async Task ReadAsync_TextIsGone_SaysSo()
    {
        TextEntry added = await AddAsync("gone.txt", "Here today.");
        File.Delete(added.Source);
        Assert.Contains("was deleted", (await ReadAsync(added)).Problem!.English, StringComparison.Ordinal);
        Assert.Null(texts.Find(added.Id));
    }

    [Fact]
    public async Task Delete_OwnText_CanBeUndone()
    {
        TextEntry added = await AddAsync("draft.txt", "A draft.");
        Action undo = texts.Delete(added)!;
        Assert.Null(texts.Find(added.Id));
        undo();
        Assert.Equal(added, texts.Find(added.Id));
        Assert.Null(texts.Delete(texts.List()[0]));
    }

    [Fact]
    public void List_Catalog_DescribesEveryEntryInBothLanguages()
    {
        foreach (TextEntry text in texts.List())
        {
            Bilingual description = CatalogTexts.Describe(text.Entry!);
            Assert.NotEqual(description.English, description.Chinese);
            Assert.Equal(text, texts.Find(text.Id));
        }
    }

    [Theory]
    [InlineData("catalog:nothing")]
    [InlineData("../key")]
    [InlineData("nothing.txt")]
    public void Find_NoText_IsNull(string id) => Assert.Null(texts.Find(id));

    [Fact]
    public void Find_Link_IsNull()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        File.WriteAllText(folder["secret.txt"], "secret");
        File.CreateSymbolicLink(Path.Combine(workspace.Texts, "link.txt"), folder["secret.txt"]);
        Assert.Null(texts.Find("link.txt"));
        Assert.DoesNotContain(texts.List(), text => text.Entry is null);
    }

    private Task<TextEntry> AddAsync(string name, string content) => AddAsync(name, Encoding.UTF8.GetBytes(content));

    private Task<TextEntry> AddAsync(string name, byte[] content) =>
        texts.AddAsync(name, new MemoryStream(content), cancellationToken: TestContext.Current.CancellationToken);

    private static Task<TextReading> ReadAsync(TextEntry text, string? encoding = null) => TextReading.ReadAsync(
        text, encoding, lowercase: false, new TokenizerOptions(), progress: null, TestContext.Current.CancellationToken);

    private void AssertNoLeftovers(int files) => Assert.Equal(files, Directory.GetFileSystemEntries(workspace.Texts).Length);

    /// <summary>A text that never ends.</summary>
    private sealed class EndlessStream : ReadingStream
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            Array.Fill(buffer, (byte)'a', offset, count);
            Position += count;
            return count;
        }
    }

    /// <summary>A text whose sender disappears.</summary>
    private sealed class BrokenStream : ReadingStream
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Position > 0) throw new IOException("The connection was closed.");
            Position++;
            buffer[offset] = (byte)'a';
            return 1;
        }
    }

    private abstract class ReadingStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get; set; }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

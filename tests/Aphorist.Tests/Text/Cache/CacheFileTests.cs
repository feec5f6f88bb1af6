using Aphorist.Text;
using Aphorist.Text.Cache;
using Xunit;

namespace Aphorist.Tests.Text.Cache;

/// <summary>Prepared files are found again, made again when they are not what they should be, and never half made.</summary>
public sealed class PreparedFileTests : IDisposable
{
    private static readonly string Content = string.Concat(Enumerable.Repeat("the same line\n", 1000));

    private readonly TemporaryFolder folder = new();
    private readonly List<PreparationProgress> heard = [];

    public void Dispose() => folder.Dispose();

    private string File => folder["prepared/" + Path.GetFileName(Assert.Single(Texts.Files()))];

    private CorpusCacheStore Texts => new(folder["prepared"]) { Threshold = 0, BlockLength = 1000 };

    private bool IsHeard
    {
        get
        {
            bool isHeard = heard.Count > 0;
            heard.Clear();
            return isHeard;
        }
    }

    [Fact]
    public void Open_SecondTime_IsNotPrepared()
    {
        folder.Write("a.txt", Content);
        string first = Read().Sha256;
        Assert.Equal(new PreparationProgress("a.txt", 1000, 14_000), heard[0]);
        Assert.Equal(new PreparationProgress("a.txt", 14_000, 14_000), heard[^1]);
        Assert.True(IsHeard);
        Assert.Equal(first, Read().Sha256);
        Assert.False(IsHeard);
    }

    [Fact]
    public void Open_OtherOptions_IsAnotherFile()
    {
        folder.Write("a.txt", "Large");
        Assert.Equal("Large", string.Concat(Read().EnumerateBlocks()));
        Assert.Equal("large", string.Concat(Read(new CorpusOptions { Lowercase = true }).EnumerateBlocks()));
        Assert.Equal(2, Texts.Files().Count);
    }

    [Fact]
    public void Open_SourceChanged_IsPreparedAgain()
    {
        string path = folder.Write("a.txt", "before");
        Read();
        System.IO.File.WriteAllText(path, "behind");
        System.IO.File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(5));
        Assert.Equal("behind", string.Concat(Read().EnumerateBlocks()));
        Assert.Single(Texts.Files());
    }

    [Fact]
    public void Open_FileCutAnywhere_IsPreparedAgain()
    {
        folder.Write("a.txt", "short");
        Read();
        byte[] whole = System.IO.File.ReadAllBytes(File);
        for (int length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Assert.Equal("short", string.Concat(Read().EnumerateBlocks()));
            Assert.True(IsHeard);
        }
    }

    [Fact]
    public void Open_DescriptionDamagedAnywhere_IsPreparedAgain()
    {
        folder.Write("a.txt", "short");
        Read();
        byte[] whole = System.IO.File.ReadAllBytes(File);
        for (int place = "short".Length; place < whole.Length; place++)
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 1;
            System.IO.File.WriteAllBytes(File, damaged);
            Assert.Equal("short", string.Concat(Read().EnumerateBlocks()));
            Assert.True(IsHeard);
        }
    }

    [Fact]
    public void Read_CodeDamaged_SaysSo()
    {
        folder.Write("a.txt", "short");
        Read();
        byte[] whole = System.IO.File.ReadAllBytes(File);
        whole[2] = 200;
        System.IO.File.WriteAllBytes(File, whole);
        Corpus corpus = Read();
        string expected = $"The prepared text '{File}' is damaged: delete it, and it is made anew from its sources.";
        Assert.Equal(expected, Assert.Throws<CorpusException>(() => corpus.EnumerateBlocks().Count()).Message);
        TokenSequence tokens = corpus.TokensOf(CharacterTokenizer.Create(corpus), null, TestContext.Current.CancellationToken);
        Assert.Equal(expected, Assert.Throws<CorpusException>(() => tokens.Slice(0, 5)).Message);
    }

    [Fact]
    public void Read_FileCutWhileOpen_SaysSo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not let an open file be cut.");
        folder.Write("a.txt", Content);
        Corpus corpus = Read();
        string copy = folder["copy"];
        System.IO.File.Copy(File, copy);
        CacheFile file = CacheFile.TryOpen(File)!;
        System.Diagnostics.Process.Start("truncate", ["-s", "100", File]).WaitForExit();
        Assert.Contains("is damaged", Assert.Throws<CorpusException>(() => file.Read(90, new int[20])).Message, StringComparison.Ordinal);
        Assert.Contains("is damaged", Assert.Throws<CorpusException>(() => corpus.EnumerateBlocks().Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Cancelled_LeavesNothing()
    {
        folder.Write("a.txt", Content);
        using CancellationTokenSource cancellation = new();
        Assert.Throws<OperationCanceledException>(() => Read(heard: _ => cancellation.Cancel(), cancellationToken: cancellation.Token));
        AssertNothingIsLeft();
    }

    [Fact]
    public void Open_SourceChangesWhileItIsRead_SaysSoAndLeavesNothing()
    {
        string path = folder.Write("a.txt", Content);
        CorpusException exception = Assert.Throws<CorpusException>(() => Read(heard: _ => System.IO.File.AppendAllText(path, "more")));
        Assert.Equal($"'{path}' changed while it was read: start again when nothing writes to it any more.", exception.Message);
        AssertNothingIsLeft();
    }

    [Fact]
    public void Open_NoText_LeavesNothing()
    {
        folder.Write("a.txt", Content + "\uFFFF\0");
        Assert.Contains("zero byte", Assert.Throws<CorpusException>(() => Read()).Message, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public void Open_LeftoverOfAKilledProcess_IsDeletedAndNotBelieved()
    {
        folder.Write("a.txt", "short");
        Read();
        string leftover = folder.Write("prepared/other.prepared.part", "half"), own = folder.Write("prepared/" + Path.GetFileName(File) + ".part", "half");
        System.IO.File.Delete(File);
        Assert.Equal("short", string.Concat(Read().EnumerateBlocks()));
        Assert.False(System.IO.File.Exists(leftover));
        Assert.False(System.IO.File.Exists(own));
    }

    [Fact]
    public void Open_FolderCannotBeWritten_SaysWhatToDo()
    {
        folder.Write("a.txt", Content);
        folder.Write("prepared", "a file in the way");
        Assert.Matches(
            "^'a.txt' is too large for memory, and .*prepared cannot take it prepared \\(.*\\): about 14,000 bytes must be free there, or set APHORIST_PREPARED to another folder.$",
            Assert.Throws<CorpusException>(() => Read()).Message);
    }

    [Fact]
    public void Open_SeveralAtOnce_OnePreparesAndAllRead()
    {
        folder.Write("a.txt", Content);
        int prepared = 0;
        Parallel.For(0, 8, _ =>
        {
            bool isPreparing = false;
            Corpus corpus = Read(heard: _ => isPreparing = true, cancellationToken: CancellationToken.None);
            if (isPreparing) Interlocked.Increment(ref prepared);
            Assert.Equal(Content, string.Concat(corpus.EnumerateBlocks()));
        });
        Assert.Equal(1, prepared);
    }

    private Corpus Read(CorpusOptions? options = null, Action<PreparationProgress>? heard = null, CancellationToken? cancellationToken = null)
    {
        CorpusReader reader = new(options ?? new(), null, Texts);
        reader.Add(folder["a.txt"]);
        return reader.ToCorpus(new Listener(heard ?? this.heard.Add), cancellationToken ?? TestContext.Current.CancellationToken);
    }

    private void AssertNothingIsLeft() =>
        Assert.DoesNotContain(Directory.EnumerateFiles(folder["prepared"]), file => !file.EndsWith(".lock", StringComparison.Ordinal));

    /// <summary>Listens at once, where <see cref="Progress{T}"/> would later.</summary>
    private sealed class Listener(Action<PreparationProgress> heard) : IProgress<PreparationProgress>
    {
        public void Report(PreparationProgress value) => heard(value);
    }
}

using System.Security.Cryptography;
using System.Text;
using Aphorist.Text;
using Aphorist.Text.Cache;
using Xunit;

namespace Aphorist.Tests.Text.Cache;

/// <summary>Cache files are found again, created again when they are damaged or outdated, and never incomplete.</summary>
public sealed class CacheFileTests : IDisposable
{
    private static readonly string Content = string.Concat(Enumerable.Repeat("the same line\n", 1000));

    private readonly TemporaryFolder folder = new();
    private readonly List<CorpusProgress> heard = [];

    public void Dispose() => folder.Dispose();

    private string File => folder["prepared/" + Path.GetFileName(Assert.Single(CachedFiles()))];

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
    public async Task Open_SecondTime_IsNotCreatedAgain()
    {
        folder.Write("a.txt", Content);
        string first = (await OpenAsync()).Sha256;
        Assert.Equal(new CorpusProgress(CorpusStage.Cache, "a.txt", 1000, 14_000), heard[0]);
        Assert.Equal(new CorpusProgress(CorpusStage.Cache, "a.txt", 14_000, 14_000), heard[^1]);
        Assert.True(IsHeard);
        Assert.Equal(first, (await OpenAsync()).Sha256);
        Assert.False(IsHeard);
    }

    [Fact]
    public async Task Open_OtherOptions_IsAnotherFile()
    {
        folder.Write("a.txt", "Large");
        Assert.Equal("Large", string.Concat((await OpenAsync()).EnumerateBlocks()));
        Assert.Equal("large", string.Concat((await OpenAsync(new() { Lowercase = true })).EnumerateBlocks()));
        Assert.Equal(2, CachedFiles().Length);
    }

    [Fact]
    public async Task Open_SourceChanged_IsCreatedAgain()
    {
        string path = folder.Write("a.txt", "before");
        await OpenAsync();
        System.IO.File.WriteAllText(path, "behind");
        System.IO.File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(5));
        Assert.Equal("behind", string.Concat((await OpenAsync()).EnumerateBlocks()));
        Assert.Single(CachedFiles());
    }

    [Fact]
    public async Task Open_FileCutAnywhere_IsCreatedAgain()
    {
        folder.Write("a.txt", "short");
        await OpenAsync();
        byte[] whole = System.IO.File.ReadAllBytes(File);
        for (int length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Assert.Equal("short", string.Concat((await OpenAsync()).EnumerateBlocks()));
            Assert.True(IsHeard);
        }
    }

    [Fact]
    public async Task Open_DescriptionDamagedAnywhere_IsCreatedAgain()
    {
        folder.Write("a.txt", "short");
        await OpenAsync();
        byte[] whole = System.IO.File.ReadAllBytes(File);
        for (int place = "short".Length; place < whole.Length; place++)
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 1;
            System.IO.File.WriteAllBytes(File, damaged);
            Assert.Equal("short", string.Concat((await OpenAsync()).EnumerateBlocks()));
            Assert.True(IsHeard);
        }
    }

    [Fact]
    public async Task Open_FileOfOlderRules_IsCreatedAgain()
    {
        folder.Write("a.txt", "short");
        await OpenAsync();
        byte[] file = System.IO.File.ReadAllBytes(File);
        string now = $"\"format\":{CacheFileDescription.CurrentFormat},", before = $"\"format\":{CacheFileDescription.CurrentFormat - 1},";
        int place = file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(now)), end = file.Length - CacheFile.TrailerLength;
        Encoding.UTF8.GetBytes(before).CopyTo(file, place);
        SHA256.HashData(file.AsSpan("short".Length..end)).CopyTo(file, end + sizeof(long));
        System.IO.File.WriteAllBytes(File, file);
        heard.Clear();

        await OpenAsync();

        Assert.True(IsHeard);
    }

    [Fact]
    public async Task Read_CodeDamaged_SaysSo()
    {
        folder.Write("a.txt", "short");
        await OpenAsync();
        byte[] whole = System.IO.File.ReadAllBytes(File);
        whole[2] = 200;
        System.IO.File.WriteAllBytes(File, whole);
        Corpus corpus = await OpenAsync();
        string expected = $"The cached text '{File}' is damaged: delete it, and it is created again from its source.";
        Assert.Equal(expected, Assert.Throws<CorpusException>(() => corpus.EnumerateBlocks().Count()).Message);
        TokenSequence tokens = corpus.TokensOf(CharacterTokenizer.Create(corpus), TestContext.Current.CancellationToken);
        Assert.Equal(expected, Assert.Throws<CorpusException>(() => tokens.Slice(0, 5)).Message);
    }

    [Fact]
    public async Task Read_FileCutWhileOpen_SaysSo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not let an open file be cut.");
        folder.Write("a.txt", Content);
        Corpus corpus = await OpenAsync();
        string copy = folder["copy"];
        System.IO.File.Copy(File, copy);
        CacheFile file = CacheFile.TryOpen(File, _ => true)!;
        System.Diagnostics.Process.Start("truncate", ["-s", "100", File]).WaitForExit();
        Assert.Contains("is damaged", Assert.Throws<CorpusException>(() => file.Read(90, new int[20])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "is damaged", Assert.Throws<CorpusException>(() => corpus.EnumerateBlocks().Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_Cancelled_LeavesNothing()
    {
        folder.Write("a.txt", Content);
        using CancellationTokenSource cancellation = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => OpenAsync(heard: _ => cancellation.Cancel(), cancellationToken: cancellation.Token));
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Open_SourceChangesWhileItIsRead_SaysSoAndLeavesNothing()
    {
        string path = folder.Write("a.txt", Content);
        CorpusException exception = await Assert.ThrowsAsync<CorpusException>(
            () => OpenAsync(heard: _ => System.IO.File.AppendAllText(path, "more")));
        Assert.Equal($"'{path}' changed while it was read: start again when no other program writes to it.", exception.Message);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Open_NoText_LeavesNothing()
    {
        folder.Write("a.txt", Content + "\uFFFF\0");
        Assert.Contains("zero byte", (await Assert.ThrowsAsync<CorpusException>(() => OpenAsync())).Message, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Open_LeftoverOfAKilledProcess_IsDeletedAndNotBelieved()
    {
        folder.Write("a.txt", "short");
        await OpenAsync();
        string leftover = folder.Write("prepared/other.prepared.part", "half");
        string own = folder.Write("prepared/" + Path.GetFileName(File) + ".part", "half");
        System.IO.File.Delete(File);
        Assert.Equal("short", string.Concat((await OpenAsync()).EnumerateBlocks()));
        Assert.False(System.IO.File.Exists(leftover));
        Assert.False(System.IO.File.Exists(own));
    }

    [Fact]
    public async Task Open_FolderCannotBeWritten_SaysWhatToDo()
    {
        folder.Write("a.txt", Content);
        folder.Write("prepared", "a file in the way");
        Assert.Matches(
            "^'a.txt' is too large for memory and cannot be cached in .*prepared \\(.*\\): " +
            "free about 14,000 bytes there, or set APHORIST_PREPARED to another folder.$",
            (await Assert.ThrowsAsync<CorpusException>(() => OpenAsync())).Message);
    }

    [Fact]
    public async Task Open_SeveralAtOnce_OnePreparesAndAllRead()
    {
        folder.Write("a.txt", Content);
        int created = 0;
        await Parallel.ForAsync(0, 8, TestContext.Current.CancellationToken, async (_, _) =>
        {
            bool isCreating = false;
            Corpus corpus = await OpenAsync(heard: _ => isCreating = true);
            if (isCreating) Interlocked.Increment(ref created);
            Assert.Equal(Content, string.Concat(corpus.EnumerateBlocks()));
        });
        Assert.Equal(1, created);
    }

    [Fact]
    public async Task TokensOf_SeveralAtOnce_OneTokenizesAndAllRead()
    {
        folder.Write("a.txt", Content);
        Corpus[] corpora = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync()));
        Tokenizer tokenizer = Tokenizer.Create(corpora[0], new() { Kind = TokenizerKind.Words });
        ProgressList progress = new();
        long[] counts = await Task.WhenAll(corpora.Select((corpus, index) => index % 2 == 0
            ? Task.Run(() => corpus.TokensOf(tokenizer).Count)
            : corpus.TokenizeAsync(tokenizer, progress, TestContext.Current.CancellationToken)));
        Assert.All(counts, count => Assert.Equal(4000, count));
        Assert.Equal(3, CachedFiles().Length);
        Assert.All(progress.All, report => Assert.Equal(CorpusStage.Tokenize, report.Stage));
    }

    private Task<Corpus> OpenAsync(
        CorpusOptions? options = null,
        Action<CorpusProgress>? heard = null,
        CancellationToken? cancellationToken = null) => Corpus.OpenAsync(
        folder["a.txt"],
        (options ?? new()) with { CacheFolder = folder["prepared"], MaxInMemoryBytes = 0, BlockLength = 1000 },
        new ProgressList(heard ?? this.heard.Add),
        cancellationToken ?? TestContext.Current.CancellationToken);

    private string[] CachedFiles() => Directory.GetFiles(folder["prepared"], "*.prepared");

    private void AssertNothingIsLeft() =>
        Assert.DoesNotContain(Directory.EnumerateFiles(folder["prepared"]), file => !file.EndsWith(".lock", StringComparison.Ordinal));
}

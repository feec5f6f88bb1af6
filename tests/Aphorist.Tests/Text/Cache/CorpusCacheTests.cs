using Xunit;

namespace Aphorist.Tests.Text.Cache;

/// <summary>The cache lists what it holds, stays within its size limit and can be cleared.</summary>
public sealed class CorpusCacheTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task GetEntries_DownloadTextTokensAndWords_AreListedWithTheirKinds()
    {
        folder.Write("downloads/nietzsche.txt", "downloaded");
        folder.Write("downloads/mine.txt", "not of the catalog");
        Corpus corpus = await OpenAsync("one.txt", "one two two\n");
        Tokenizer words = await Tokenizer.CreateAsync(
            corpus, new() { Kind = TokenizerKind.Words }, cancellationToken: TestContext.Current.CancellationToken);
        await corpus.TokenizeAsync(words, cancellationToken: TestContext.Current.CancellationToken);

        IReadOnlyList<CorpusCacheEntry> entries = Cache().GetEntries();
        Assert.Equal(("nietzsche", CorpusCacheKind.Download, 10L), (entries[0].Name, entries[0].Kind, entries[0].ByteCount));
        Assert.Equal(
            [CorpusCacheKind.Text, CorpusCacheKind.Tokens, CorpusCacheKind.Vocabulary],
            entries.Skip(1).Select(entry => entry.Kind).Order());
        Assert.All(entries.Skip(1), entry => Assert.Equal(("one.txt", new FileInfo(entry.Path).Length), (entry.Name, entry.ByteCount)));
    }

    [Fact]
    public void GetEntries_NoFolders_AreNone() => Assert.Empty(Cache().GetEntries());

    [Fact]
    public void GetEntries_UnreadableFile_IsListedUnderItsFileName()
    {
        folder.Write("cache/old-0123.prepared", "of another format");
        CorpusCacheEntry entry = Assert.Single(Cache().GetEntries());
        Assert.Equal(("old-0123", CorpusCacheKind.Text), (entry.Name, entry.Kind));
    }

    [Fact]
    public async Task Clear_AllKindsAndLeftovers_DeletesThemAndNothingElse()
    {
        folder.Write("downloads/nietzsche.txt", "downloaded");
        folder.Write("downloads/nietzsche.txt.tmp-abc", "half");
        string mine = folder.Write("downloads/mine.txt", "not of the catalog");
        Corpus corpus = await OpenAsync("one.txt", "one");
        folder.Write("cache/two.prepared.part", "half");

        Cache().Clear();

        Assert.Empty(Cache().GetEntries());
        Assert.Equal([mine], Directory.GetFiles(folder["downloads"]));
        Assert.DoesNotContain(Directory.GetFiles(folder["cache"]), file => !file.EndsWith(".lock", StringComparison.Ordinal));
        // What is open can still be read.
        if (!OperatingSystem.IsWindows()) Assert.Equal("one", string.Concat(corpus.EnumerateBlocks()));
    }

    [Fact]
    public async Task Open_CacheFull_DeletesTheLeastRecentlyUsed()
    {
        long length = 0;
        foreach (string name in (string[])["a.txt", "b.txt", "c.txt"])
        {
            await OpenAsync(name, new string('x', 1000));
            length = Cache().GetEntries().Max(entry => entry.ByteCount);
        }

        Age("a.txt", days: 3);
        Age("b.txt", days: 2);
        Age("c.txt", days: 1);
        await OpenAsync("a.txt", text: null);
        await OpenAsync("d.txt", new string('x', 1000), maxBytes: 3 * length);

        Assert.Equal(["a.txt", "c.txt", "d.txt"], Cache().GetEntries().Select(entry => entry.Name).Order());
    }

    [Fact]
    public async Task Open_LargerThanTheWholeCache_IsKeptAlone()
    {
        await OpenAsync("a.txt", "first");
        Corpus corpus = await OpenAsync("b.txt", "second", maxBytes: 0);
        Assert.Equal("second", string.Concat(corpus.EnumerateBlocks()));
        Assert.Equal(["b.txt"], Cache().GetEntries().Select(entry => entry.Name));
    }

    private CorpusCache Cache() => new(Options(new CorpusOptions().MaxCacheBytes));

    private CorpusOptions Options(long maxBytes) => new()
    {
        CacheFolder = folder["cache"],
        DownloadFolder = folder["downloads"],
        MaxInMemoryBytes = 0,
        MaxCacheBytes = maxBytes,
    };

    private Task<Corpus> OpenAsync(string name, string? text, long? maxBytes = null) => Corpus.OpenAsync(
        text is null ? folder[name] : folder.Write(name, text),
        Options(maxBytes ?? new CorpusOptions().MaxCacheBytes),
        cancellationToken: TestContext.Current.CancellationToken);

    private void Age(string name, int days) =>
        File.SetLastWriteTimeUtc(Cache().GetEntries().Single(entry => entry.Name == name).Path, DateTime.UtcNow.AddDays(-days));
}

using System.IO.Compression;
using System.Security.Cryptography;
using Xunit;

namespace Aphorist.Tests.Text.Catalog;

public sealed class CorpusCatalogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("fables", 575_602, 58)]
    [InlineData("fables-zh", 209_492, 1_008)]
    [InlineData("aphorisms", 122_147, 71)]
    [InlineData("aphorisms-zh", 36_627, 1_852)]
    [InlineData("names", 17_247, 53)]
    public async Task Open_BuiltIn_HasItsCounts(string name, int characters, int distinct)
    {
        Corpus corpus = await Corpus.OpenAsync(CorpusCatalog.Get(name), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((name, characters, distinct), (corpus.Name, corpus.CharacterCount, CharacterTokenizer.Create(corpus).VocabularySize));
        CorpusEntry entry = CorpusCatalog.Get(name);
        Assert.True(entry.IsBuiltIn && CorpusCatalog.IsAvailableOffline(entry));
        Assert.Equal(entry.Sha256, corpus.Sha256);
    }

    [Fact]
    public void Entries_All_HaveTheLengthAndHashOfTheirFile()
    {
        foreach (CorpusEntry entry in CorpusCatalog.Entries.Where(entry => entry.IsBuiltIn))
        {
            using Stream compressed = typeof(CorpusCatalog).Assembly.GetManifestResourceStream($"corpora/{entry.FileName}")!;
            using GZipStream file = new(compressed, CompressionMode.Decompress);
            using MemoryStream bytes = new();
            file.CopyTo(bytes);
            Assert.Equal((entry.ByteCount, entry.Sha256), (bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()))));
        }
        Assert.All(CorpusCatalog.Entries, entry => Assert.Equal(64, entry.Sha256.Length));
        Assert.Equal(CorpusCatalog.Entries.Count, CorpusCatalog.Entries.Select(entry => entry.Name).Distinct().Count());
    }

    [Fact]
    public async Task Open_Names_AreOneALineEachOnce()
    {
        Corpus corpus = await Corpus.OpenAsync(CorpusCatalog.Get("names"), cancellationToken: TestContext.Current.CancellationToken);
        string[] names = corpus.Text.TrimEnd('\n').Split('\n');
        Assert.Equal(2_466, names.Length);
        Assert.All(names, name => Assert.Matches("^[A-Z][a-z]+$", name));
        Assert.Distinct(names);
    }

    [Fact]
    public async Task Open_UnknownName_NamesTheNearestAndAll()
    {
        CorpusException exception = Assert.Throws<CorpusException>(() => CorpusCatalog.Get("nietsche"));
        Assert.Equal("There is no corpus 'nietsche' (did you mean 'nietzsche'?): " +
            "the catalog has fables, fables-zh, aphorisms, aphorisms-zh, names, nietzsche, tinyshakespeare. " +
            "To open a file, give its path.", exception.Message);
        Assert.Equal(exception.Message, (await Assert.ThrowsAsync<CorpusException>(() => OpenAsync(["nietsche"]))).Message);
    }

    [Fact]
    public async Task Open_Offline_PutsTheFileWhereTheSentenceSays()
    {
        using FakeServer server = new([]) { IsOffline = true };
        CorpusOptions options = new() { DownloadFolder = folder.Path, HttpHandler = server };
        Assert.False(CorpusCatalog.IsAvailableOffline(CorpusCatalog.Get("nietzsche"), options));
        CorpusException exception = await Assert.ThrowsAsync<CorpusException>(
            () => Corpus.OpenAsync("nietzsche", options, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("https://s3.amazonaws.com/text-datasets/nietzsche.txt", exception.Message);
        Assert.Contains($"put it at {folder["nietzsche.txt"]}", exception.Message);
    }

    [Fact]
    public async Task Open_NamesFilesAndStandardInput_AreJoinedInOrder()
    {
        using MemoryStream input = new("typed"u8.ToArray());
        Corpus corpus = await OpenAsync([folder.Write("mine.txt", "Mine"), "-", "Aphorisms"], input);
        Assert.StartsWith("mine\ntyped\n1. on beginning.", corpus.Text);
        Assert.Equal("mine.txt and 2 more", corpus.Name);
    }

    [Fact]
    public async Task Open_MisspelledName_NamesTheNearest() =>
        Assert.Contains(
            "did you mean 'tinyshakespeare'?", (await Assert.ThrowsAsync<CorpusException>(() => OpenAsync(["shakespeare"]))).Message);

    [Theory]
    [InlineData("lost.txt")]
    [InlineData("folder/nietsche")]
    public async Task Open_LostPath_IsNotTakenForAName(string path) =>
        Assert.StartsWith(
            $"There is no file or folder '{path}'", (await Assert.ThrowsAsync<CorpusException>(() => OpenAsync([path]))).Message);

    private static Task<Corpus> OpenAsync(string[] sources, Stream? input = null) =>
        Corpus.OpenAsync(
            sources, new() { Lowercase = true, StandardInput = input }, cancellationToken: TestContext.Current.CancellationToken);
}

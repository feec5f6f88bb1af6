using System.Net;
using System.Security.Cryptography;
using Aphorist.Text.Catalog;
using Xunit;

namespace Aphorist.Tests.Text.Catalog;

public sealed class CorpusDownloadTests : IDisposable
{
    private static readonly byte[] Text = [.. Enumerable.Range(0, 10_000).Select(i => (byte)('a' + (i * i % 26)))];

    private static readonly CorpusEntry Entry = new()
    {
        Name = "letters",
        Description = "letters",
        License = "none",
        Uri = new("https://texts.example/letters.txt"),
        FileName = "letters.txt",
        ByteCount = Text.Length,
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Text)),
    };

    private readonly TemporaryFolder folder = new();

    private string Destination => folder["cache/letters.txt"];

    private string Part => Destination + ".part";

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Fetch_FirstTime_DownloadsVerifiesAndReportsProgress()
    {
        FakeServer server = new(Text);
        Reports reports = new();
        Assert.Equal(Destination, await FetchAsync(server, reports));
        Assert.Equal(Text, File.ReadAllBytes(Destination));
        Assert.False(File.Exists(Part));
        Assert.Equal(new DownloadProgress("letters", 1000, 10_000), reports.All[0]);
        Assert.Equal(new DownloadProgress("letters", 10_000, 10_000), reports.All[^1]);
    }

    [Fact]
    public async Task Fetch_FileAlreadyThere_AsksNobody()
    {
        folder.Write("cache/letters.txt", Text);
        FakeServer server = new(Text) { IsOffline = true };
        Assert.Equal(Destination, await FetchAsync(server));
    }

    [Fact]
    public async Task Fetch_WrongFileAlreadyThere_SaysWhatToDoAndLeavesIt()
    {
        folder.Write("cache/letters.txt", "something else");
        CorpusException exception = await FailAsync(new(Text));
        Assert.Contains("is not the catalogue's letters (14 bytes;", exception.Message);
        Assert.Contains("delete it to have it downloaded again", exception.Message);
        Assert.Equal("something else", File.ReadAllText(Destination));
    }

    [Fact]
    public async Task Fetch_SameLengthButOtherBytesAlreadyThere_IsNoticed()
    {
        byte[] altered = [.. Text];
        altered[5000] ^= 1;
        folder.Write("cache/letters.txt", altered);
        Assert.Contains("is not the catalogue's letters", (await FailAsync(new(Text))).Message);
    }

    [Theory]
    [InlineData(true, 4000)]
    [InlineData(false, 4000)]
    public async Task Fetch_AfterAnInterruption_GoesOnWhereTheServerAllowsIt(bool answersRanges, long secondStart)
    {
        FakeServer server = new(Text) { AnswersRanges = answersRanges, EndsAfter = 4000 };
        CorpusException exception = await FailAsync(server);
        Assert.Contains("the connection ended early", exception.Message);
        Assert.Contains("4,000 of 10,000 bytes are kept, so try again to go on from there", exception.Message);
        server.EndsAfter = int.MaxValue;
        await FetchAsync(server);
        Assert.Equal([0, secondStart], server.Starts);
        Assert.Equal(Text, File.ReadAllBytes(Destination));
    }

    [Fact]
    public async Task Fetch_PartOfAnotherFile_StartsAgain()
    {
        folder.Write("cache/letters.txt.part", new byte[3000]);
        FakeServer server = new(Text);
        await FetchAsync(server);
        Assert.Equal([3000, 0], server.Starts);
        Assert.Equal(Text, File.ReadAllBytes(Destination));
    }

    [Fact]
    public async Task Fetch_WholePartAlreadyThere_IsOnlyVerifiedAndMoved()
    {
        folder.Write("cache/letters.txt.part", Text);
        FakeServer server = new(Text);
        await FetchAsync(server);
        Assert.Empty(server.Starts);
    }

    [Theory]
    [InlineData(9_999)]
    [InlineData(10_000)]
    [InlineData(20_000)]
    public async Task Fetch_AnotherFileAtTheAddress_IsNotKept(int length)
    {
        CorpusException exception = await FailAsync(new(new byte[length]));
        if (length < Text.Length) Assert.Contains("the connection ended early", exception.Message);
        else Assert.Contains($"is not the letters of the catalogue (10,000 bytes, SHA-256 {Entry.Sha256[..8]}...)", exception.Message);
        Assert.Contains($"put it at {Destination}", exception.Message);
        Assert.False(File.Exists(Destination));
        Assert.Equal(length < Text.Length, File.Exists(Part));
    }

    [Fact]
    public async Task Fetch_PartAsLongAsAShorterFileAtTheAddress_DoesNotAskForNothingForever()
    {
        FakeServer server = new(Text[..9_999]);
        await FailAsync(server);
        await FailAsync(server);
        Assert.Equal([0, 9_999, 0], server.Starts);
    }

    [Fact]
    public async Task Fetch_NotFound_NamesAddressAndPlace()
    {
        CorpusException exception = await FailAsync(new(Text) { Refuses = HttpStatusCode.NotFound });
        Assert.Equal("'letters' cannot be downloaded: https://texts.example/letters.txt answers 404 (NotFound); " +
            $"try later, or get it in another way and put it at {Destination}.", exception.Message);
        Assert.False(File.Exists(Part));
    }

    [Fact]
    public async Task Fetch_Offline_SaysWhereToPutTheFileByHand()
    {
        CorpusException exception = await FailAsync(new(Text) { IsOffline = true });
        Assert.Equal("'letters' could not be downloaded from https://texts.example/letters.txt (Name or service not known): " +
            $"try again with a network, or get it in another way and put it at {Destination}.", exception.Message);
        Assert.False(File.Exists(Part));
    }

    [Fact]
    public async Task Fetch_Cancelled_KeepsWhatHasCome()
    {
        using CancellationTokenSource cancellation = new();
        int reads = 0;
        FakeServer server = new(Text) { BeforeRead = () => { if (++reads == 4) cancellation.Cancel(); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CacheOf(server).FetchAsync(Entry, null, cancellation.Token));
        Assert.Equal(Text[..3000], File.ReadAllBytes(Part));
        await FetchAsync(server);
        Assert.Equal([0, 3000], server.Starts);
    }

    [Fact]
    public async Task Fetch_ManyAtOnce_DownloadOnce()
    {
        FakeServer server = new(Text) { BeforeRead = () => Thread.Sleep(10) };
        string[] paths = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => FetchAsync(server))));
        Assert.All(paths, path => Assert.Equal(Destination, path));
        Assert.Single(server.Starts);
        Assert.Equal([Destination], Directory.GetFiles(folder["cache"]));
    }

    [Fact]
    public async Task Fetch_FolderCannotBeMade_SaysWhatToSet()
    {
        folder.Write("cache", "a file where the folder should be");
        Assert.Contains("set APHORIST_CORPORA to a folder that is writable", (await FailAsync(new(Text))).Message);
    }

    private CorpusDownloadFolder CacheOf(FakeServer server) => new(folder["cache"], server);

    private Task<string> FetchAsync(FakeServer server, IProgress<DownloadProgress>? progress = null) =>
        CacheOf(server).FetchAsync(Entry, progress, TestContext.Current.CancellationToken);

    private Task<CorpusException> FailAsync(FakeServer server) => Assert.ThrowsAsync<CorpusException>(() => FetchAsync(server));

    private sealed class Reports : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> All { get; } = [];

        public void Report(DownloadProgress value) => All.Add(value);
    }
}

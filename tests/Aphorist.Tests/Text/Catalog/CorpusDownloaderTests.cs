using System.Net;
using System.Security.Cryptography;
using Aphorist.Text.Catalog;
using Xunit;

namespace Aphorist.Tests.Text.Catalog;

public sealed class CorpusDownloaderTests : IDisposable
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

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Fetch_FirstTime_DownloadsVerifiesAndReportsProgress()
    {
        FakeServer server = new(Text);
        ProgressList reports = new();
        Assert.Equal(Destination, await FetchAsync(server, reports));
        Assert.Equal(Text, File.ReadAllBytes(Destination));
        AssertNothingElseIsLeft();
        Assert.Equal(new CorpusProgress(CorpusStage.Download, "letters", 1000, 10_000), reports.All[0]);
        Assert.Equal(new CorpusProgress(CorpusStage.Download, "letters", 10_000, 10_000), reports.All[^1]);
    }

    [Fact]
    public async Task Fetch_FileAlreadyThere_SendsNoRequest()
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
        Assert.Contains("is not the catalog's letters (14 bytes;", exception.Message);
        Assert.Contains("delete it to download it again", exception.Message);
        Assert.Equal("something else", File.ReadAllText(Destination));
    }

    [Fact]
    public async Task Fetch_SameLengthButOtherBytesAlreadyThere_IsNoticed()
    {
        byte[] altered = [.. Text];
        altered[5000] ^= 1;
        folder.Write("cache/letters.txt", altered);
        Assert.Contains("is not the catalog's letters", (await FailAsync(new(Text))).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4000)]
    [InlineData(9_999)]
    public async Task Fetch_ConnectionEndsEarly_LeavesNothingAndCanBeRepeated(int length)
    {
        FakeServer server = new(Text) { EndsAfter = length };
        CorpusException exception = await FailAsync(server);
        Assert.Equal("'letters' could not be downloaded from https://texts.example/letters.txt (the connection ended early): " +
            $"check the network and try again, or get it in another way and put it at {Destination}.", exception.Message);
        AssertNothingElseIsLeft();
        server.EndsAfter = int.MaxValue;
        await FetchAsync(server);
        Assert.Equal(Text, File.ReadAllBytes(Destination));
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(20_000)]
    public async Task Fetch_AnotherFileAtTheAddress_IsNotKept(int length)
    {
        CorpusException exception = await FailAsync(new(new byte[length]));
        Assert.Contains($"is not the letters of the catalog (10,000 bytes, SHA-256 {Entry.Sha256[..8]}...)", exception.Message);
        Assert.Contains($"put it at {Destination}", exception.Message);
        AssertNothingElseIsLeft();
        Assert.False(File.Exists(Destination));
    }

    [Fact]
    public async Task Fetch_NotFound_NamesAddressAndPlace()
    {
        CorpusException exception = await FailAsync(new(Text) { Refuses = HttpStatusCode.NotFound });
        Assert.Equal("'letters' cannot be downloaded: https://texts.example/letters.txt answers 404 (NotFound). " +
            $"Try later, or get it in another way and put it at {Destination}.", exception.Message);
        AssertNothingElseIsLeft();
    }

    [Fact]
    public async Task Fetch_Offline_SaysWhereToPutTheFileByHand()
    {
        CorpusException exception = await FailAsync(new(Text) { IsOffline = true });
        Assert.Equal("'letters' could not be downloaded from https://texts.example/letters.txt (Name or service not known): " +
            $"check the network and try again, or get it in another way and put it at {Destination}.", exception.Message);
        AssertNothingElseIsLeft();
    }

    [Fact]
    public async Task Fetch_Cancelled_LeavesNothing()
    {
        using CancellationTokenSource cancellation = new();
        int reads = 0;
        FakeServer server = new(Text) { BeforeRead = () => { if (++reads == 4) cancellation.Cancel(); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DownloaderOf(server).FetchAsync(Entry, null, cancellation.Token));
        AssertNothingElseIsLeft();
        await FetchAsync(server);
        Assert.Equal(Text, File.ReadAllBytes(Destination));
    }

    [Fact]
    public async Task Fetch_ManyAtOnce_AllGetTheVerifiedFile()
    {
        FakeServer server = new(Text) { BeforeRead = () => Thread.Sleep(1) };
        string[] paths = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => FetchAsync(server))));
        Assert.All(paths, path => Assert.Equal(Destination, path));
        Assert.InRange(server.Requests, 1, 4);
        Assert.Equal([Destination], Directory.GetFiles(folder["cache"]));
        Assert.Equal(Text, File.ReadAllBytes(Destination));
    }

    [Fact]
    public async Task Fetch_FolderCannotBeCreated_SaysWhatToSet()
    {
        folder.Write("cache", "a file where the folder should be");
        Assert.Contains("set APHORIST_CORPORA to a folder that is writable", (await FailAsync(new(Text))).Message);
    }

    private CorpusDownloader DownloaderOf(FakeServer server) => new(new() { DownloadFolder = folder["cache"], HttpHandler = server });

    private Task<string> FetchAsync(FakeServer server, IProgress<CorpusProgress>? progress = null) =>
        DownloaderOf(server).FetchAsync(Entry, progress, TestContext.Current.CancellationToken);

    private Task<CorpusException> FailAsync(FakeServer server) => Assert.ThrowsAsync<CorpusException>(() => FetchAsync(server));

    private void AssertNothingElseIsLeft() => Assert.DoesNotContain(Directory.GetFiles(folder["cache"]), file => file != Destination);
}

using System.Net.Sockets;
using Aphorist.LoadTest;
using Xunit;

namespace Aphorist.Server.Tests.Clients;

/// <summary>Clients that leave, stop reading or send half a request. The server forgets them and answers others.</summary>
public sealed class BadClientTests(TinyModel tiny)
{
    /// <summary>When a client leaves.</summary>
    public enum Stage
    {
        Connected,
        HalfOfTheHeaders,
        HeadersOnly,
        HalfOfTheBody,
        BeforeReading,
        InTheFirstFrame,
        AfterTheFirstFrame,
        WithoutAStream,
    }

    public static TheoryData<Stage, bool> Stages =>
        [.. Enum.GetValues<Stage>().SelectMany(stage => new[] { (stage, false), (stage, true) })];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task Disconnect_AtAnyStage_EndsTheText(Stage stage, bool withReset)
    {
        await using RunningServer server = await StartAsync();
        const int clients = 5;
        List<HttpConnection> connections = [];
        for (int client = 0; client < clients; client++)
        {
            HttpConnection connection = await server.ConnectAsync();
            connections.Add(connection);
            await ReachAsync(server, connection, stage);
        }

        // The server reads a request some time after it was sent, and is idle until then.
        int texts = stage >= Stage.BeforeReading ? clients : 0;
        await Eventually.TextsAsync(server, scheduler => scheduler.RunningTexts + scheduler.ParkedTexts == texts);
        foreach (HttpConnection connection in connections)
        {
            if (withReset) connection.Abort();
            else connection.Dispose();
        }

        await Eventually.IdleAsync(server);
        await AssertAnswersAsync(server);
    }

    [Theory]
    [InlineData(Stage.HalfOfTheHeaders)]
    [InlineData(Stage.HeadersOnly)]
    [InlineData(Stage.HalfOfTheBody)]
    public async Task HalfARequest_WithoutItsRest_DelaysNobody(Stage stage)
    {
        await using RunningServer server = await StartAsync();
        List<HttpConnection> silent = [];
        try
        {
            for (int client = 0; client < 50; client++)
            {
                silent.Add(await server.ConnectAsync());
                await ReachAsync(server, silent[^1], stage);
            }

            await AssertAnswersAsync(server);
            await Eventually.IdleAsync(server);
        }
        finally
        {
            foreach (HttpConnection connection in silent) connection.Dispose();
        }
    }

    [Fact]
    public async Task Request_InSingleBytes_IsAnswered()
    {
        await using RunningServer server = await StartAsync();
        using HttpConnection connection = await server.ConnectAsync();
        foreach (byte value in server.Request(SamplingCase.All[0].Request()))
            await connection.SendAsync(new[] { value }, CancellationToken);
        Assert.Equal([Expected(SamplingCase.All[0])], (await connection.ReadAsync()).Texts);
    }

    [Fact]
    public async Task RequestsWithoutWaiting_OnOneConnection_AreAnsweredInOrder()
    {
        await using RunningServer server = await StartAsync();
        using HttpConnection connection = await server.ConnectAsync();
        byte[] requests =
        [
            .. SamplingCase.All.SelectMany((sampling, index) => server.Request(sampling.Request(("stream", index % 2 == 0)))),
        ];
        await connection.SendAsync(requests, CancellationToken);
        foreach (SamplingCase sampling in SamplingCase.All) Assert.Equal([Expected(sampling)], (await connection.ReadAsync()).Texts);
    }

    [Fact]
    public async Task Request_WhileAStreamRuns_WaitsForItsEnd()
    {
        await using RunningServer server = await StartAsync();
        using HttpConnection connection = await server.ConnectAsync(receiveBuffer: 4096);
        string first = await SendLongAsync(server, connection);
        // A text that waits for its reader has not ended.
        await Eventually.TextsAsync(server, scheduler => scheduler is { RunningTexts: 0, ParkedTexts: 1 });
        await connection.SendAsync(server.Request(SamplingCase.All[1].Request()), CancellationToken);
        Assert.Equal([first], (await connection.ReadAsync()).Texts);
        Assert.Equal([Expected(SamplingCase.All[1])], (await connection.ReadAsync()).Texts);
    }

    [Fact]
    public async Task Reader_ThatStops_GivesItsPlaceToOthersAndGetsItsTextLater()
    {
        await using RunningServer server = await StartAsync();
        using HttpConnection connection = await server.ConnectAsync(receiveBuffer: 4096);
        string text = await SendLongAsync(server, connection);
        await Eventually.TextsAsync(server, scheduler => scheduler is { RunningTexts: 0, ParkedTexts: 1 });
        await AssertAnswersAsync(server);
        Assert.Equal([text], (await connection.ReadAsync()).Texts);
        await Eventually.IdleAsync(server);
    }

    private static async Task ReachAsync(RunningServer server, HttpConnection connection, Stage stage)
    {
        byte[] request = server.EndlessRequest(stream: stage != Stage.WithoutAStream);
        int headers = request.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        int sent = stage switch
        {
            Stage.Connected => 0,
            Stage.HalfOfTheHeaders => headers / 2,
            Stage.HeadersOnly => headers,
            Stage.HalfOfTheBody => (headers + request.Length) / 2,
            _ => request.Length,
        };
        await connection.SendAsync(request.AsMemory(0, sent), CancellationToken);
        if (stage == Stage.InTheFirstFrame)
        {
            // As much as is certainly before the end of the first frame.
            byte[] bytes = new byte["HTTP/1.1 200 OK\r\n".Length];
            await connection.Socket.ReceiveAsync(bytes, SocketFlags.None, CancellationToken);
        }

        if (stage != Stage.AfterTheFirstFrame) return;
        EventCounter events = new();
        Assert.Equal(200, (await connection.ReadHeadAsync(CancellationToken)).Status);
        while (events.Frames == 0) events.Read((await connection.ReadBodyAsync(CancellationToken)).Span);
    }

    // Requests a stream that is larger than the buffers of the system, so that it cannot end before it is read. Returns its text.
    private async Task<string> SendLongAsync(RunningServer server, HttpConnection connection)
    {
        const int length = 40_000; // with log-probabilities about 10 MB
        SamplingCase sampling = SamplingCase.All[0] with { Options = SamplingCase.All[0].Options with { MaxTokens = length } };
        await connection.SendAsync(
            server.Request(sampling.Request(("max_tokens", length), ("stream", true), ("logprobs", 10))), CancellationToken);
        return Expected(sampling);
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(options =>
    {
        options.Models = [tiny.File];
        options.MaxTokens = int.MaxValue;
    });

    private async Task AssertAnswersAsync(RunningServer server)
    {
        using HttpConnection connection = await server.ConnectAsync();
        await connection.SendAsync(server.Request(SamplingCase.All[0].Request()), CancellationToken);
        Assert.Equal([Expected(SamplingCase.All[0])], (await connection.ReadAsync()).Texts);
    }

    private string Expected(SamplingCase sampling) => new TextGenerator(tiny.Model).Generate("the cat", sampling.Options);
}

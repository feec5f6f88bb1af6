using System.Net.Sockets;
using Aphorist.LoadTest;
using Xunit;

namespace Aphorist.Server.Tests.Clients;

/// <summary>Many clients at the same time.</summary>
public sealed class ManyClientsTests(TinyModel tiny)
{
    private static readonly string[] Prompts =
        ["the cat", "a 🦊 ", "café", "", string.Concat(Enumerable.Repeat("the red fox saw ", 200))];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task MixedRequests_WhileOthersLeave_GetTheTextsOfTheLibrary(int seed)
    {
        const int count = 200;
        await using RunningServer server = await StartAsync(queue: 1000);
        TextGenerator generator = new(tiny.Model);
        int complete = 0;
        await Task.WhenAll(Enumerable.Range(0, count).Select(number => RunAsync(number)));
        Assert.InRange(complete, count / 3, count * 9 / 10);
        await Eventually.IdleAsync(server);

        async Task RunAsync(int number)
        {
            await Task.Yield();
            Random random = new((1000 * seed) + number);
            SamplingCase sampling = SamplingCase.All[random.Next(SamplingCase.All.Count)];
            string prompt = Prompts[random.Next(Prompts.Length)];
            int tokens = random.Next(1, 600), n = random.Next(1, 4), textSeed = random.Next(1_000_000);
            bool stream = random.Next(2) == 0, leaves = random.Next(3) == 0;
            using HttpConnection connection = await server.ConnectAsync();
            await connection.SendAsync(
                server.Request(sampling.Request(
                    ("prompt", prompt), ("max_tokens", leaves ? 10_000_000 : tokens), ("seed", textSeed), ("n", n), ("stream", stream))),
                CancellationToken);
            if (leaves)
            {
                // A text without a stream sends nothing, so its client leaves after a while.
                if (stream) for (int part = random.Next(20); part > 0; part--) await ReadPartAsync(connection);
                else await Task.Delay(random.Next(100), CancellationToken);
                if (random.Next(2) == 0) connection.Abort();
                return;
            }

            (int status, string[] texts) = await connection.ReadAsync();
            GenerationOptions options = sampling.Options with { MaxTokens = tokens };
            string[] expected =
            [
                .. Enumerable.Range(0, n).Select(index => generator.Generate(prompt, options with { Seed = (ulong)(textSeed + index) })),
            ];
            Assert.Equal(200, status);
            Assert.Equal(expected, texts);
            Interlocked.Increment(ref complete);
        }

        static async Task ReadPartAsync(HttpConnection connection) =>
            await connection.Socket.ReceiveAsync(new byte[300], SocketFlags.None, CancellationToken);
    }

    [Fact]
    public async Task Requests_WhileTheQueueIsFull_AreRefusedUntilThereIsRoom()
    {
        const int count = 1000, queue = 128, perRequest = 128;
        int slots = new SchedulerOptions().MaxRunningTexts;
        await using RunningServer server = await StartAsync(queue);
        HttpConnection[] connections = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => server.ConnectAsync()));
        List<HttpConnection> running = [];
        try
        {
            // Texts that do not end take all slots, and all of the queue.
            for (int texts = 0; texts < slots + queue; texts += perRequest)
            {
                running.Add(await server.ConnectAsync());
                await running[^1].SendAsync(server.EndlessRequest(stream: false, perRequest), CancellationToken);
            }

            await Eventually.TextsAsync(
                server, scheduler => scheduler.RunningTexts + scheduler.QueuedTexts + scheduler.ParkedTexts == slots + queue);
            await Task.WhenAll(connections.Select(async connection =>
            {
                await connection.SendAsync(server.Request(SamplingCase.All[0].Request()), CancellationToken);
                ResponseHead head = await connection.ReadHeadAsync(CancellationToken);
                string body = await connection.ReadTextAsync(CancellationToken);
                Assert.True(head.Status == 429, body);
                Assert.InRange(int.Parse(head.Header("Retry-After")!), 1, 60);
                Assert.Contains("\"error\"", body, StringComparison.Ordinal);
            }));
            foreach (HttpConnection connection in running) connection.Abort();
            await Eventually.IdleAsync(server);

            // The same connections are still good.
            string expected = new TextGenerator(tiny.Model).Generate("the cat", SamplingCase.All[0].Options, CancellationToken);
            foreach (HttpConnection connection in connections.Take(20))
            {
                await connection.SendAsync(server.Request(SamplingCase.All[0].Request()), CancellationToken);
                (int status, string[] texts) = await connection.ReadAsync();
                Assert.Equal((200, expected), (status, texts[0]));
            }
        }
        finally
        {
            foreach (HttpConnection connection in connections.Concat(running)) connection.Dispose();
        }
    }

    [Fact]
    public async Task Connections_MoreThanTheServerAccepts_DoNotDisturbTheOthers()
    {
        await using RunningServer server = await StartAsync(queue: 10);
        using HttpConnection first = await server.ConnectAsync();
        Assert.True(await IsAnsweredAsync(first));
        HttpConnection[] more = await Task.WhenAll(Enumerable.Range(0, 1200).Select(_ => server.ConnectAsync()));
        Assert.True(await IsAnsweredAsync(first));
        Assert.False(await IsAnsweredAsync(more[^1]));
        foreach (HttpConnection connection in more) connection.Dispose();
        await Eventually.TrueAsync(
            async () =>
            {
                using HttpConnection next = await server.ConnectAsync();
                return await IsAnsweredAsync(next);
            },
            () => "The server accepts no connection after the others have left.");

        async Task<bool> IsAnsweredAsync(HttpConnection connection)
        {
            try
            {
                await connection.SendAsync(server.Request(SamplingCase.All[0].Request()), CancellationToken);
                return (await connection.ReadAsync()).Status == 200;
            }
            catch (Exception closed) when (closed is IOException or SocketException)
            {
                return false;
            }
        }
    }

    private Task<RunningServer> StartAsync(int queue) => RunningServer.StartAsync(options =>
    {
        options.Models = [tiny.File];
        options.MaxTokens = int.MaxValue;
        options.MaxQueue = queue;
    });
}

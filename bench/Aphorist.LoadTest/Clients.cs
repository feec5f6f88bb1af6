using System.Diagnostics;
using System.Globalization;

namespace Aphorist.LoadTest;

/// <summary>The text that a client asks for. Each request has its own seed and the same length, apart from a client's first one.</summary>
/// <param name="Tokens">The length.</param>
/// <param name="Prompt">The prompt.</param>
internal sealed record TextRequest(int Tokens, string Prompt)
{
    public const double Temperature = 0.7;

    public byte[] Bytes(Uri address, int tokens, long seed) => HttpConnection.Post(
        address, "/v1/completions",
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"prompt\":\"{Prompt}\",\"max_tokens\":{tokens},\"temperature\":{Temperature},\"seed\":{seed},\"stream\":true}}"));
}

/// <summary>
/// Clients that each keep one text running: as soon as a text is complete, they ask for the next one on the same connection.
/// </summary>
internal sealed class Clients : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Client[] clients;
    private readonly Task[] tasks;

    /// <summary>Starts clients.</summary>
    /// <param name="server">The server.</param>
    /// <param name="count">The number of clients.</param>
    /// <param name="request">What they ask for.</param>
    public Clients(ServerProcess server, int count, TextRequest request)
    {
        clients = [.. Enumerable.Range(0, count).Select(number => new Client(server.Address, request, number))];
        tasks = Array.ConvertAll(clients, client => client.RunAsync(stop.Token));
    }

    /// <summary>The number of characters that all clients have received.</summary>
    public long Characters => clients.Sum(client => client.Characters);

    /// <summary>What went wrong; nothing in a good run.</summary>
    public IEnumerable<string> Errors => clients.SelectMany(client => client.Errors);

    /// <summary>The number of complete texts.</summary>
    public int Texts => clients.Sum(client => client.Texts);

    /// <summary>Ends the texts that run, and closes the connections.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(tasks).ConfigureAwait(false);
    }

    /// <summary>
    /// The times from the end of a request to the first character, in milliseconds. Read them after the clients have stopped.
    /// </summary>
    /// <param name="from">The earliest <see cref="Stopwatch"/> time of a first character.</param>
    /// <param name="to">The latest one.</param>
    public double[] FirstCharacterTimes(long from, long to) => Times(client => client.FirstCharacters, from, to);

    /// <summary>The times between frames of the same text, in milliseconds. Read them after the clients have stopped.</summary>
    /// <inheritdoc cref="FirstCharacterTimes"/>
    public double[] FrameGaps(long from, long to) => Times(client => client.Gaps, from, to);

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        stop.Dispose();
    }

    private double[] Times(Func<Client, List<(long At, long Ticks)>> times, long from, long to) =>
    [
        .. clients.SelectMany(times).Where(time => time.At >= from && time.At <= to)
            .Select(time => time.Ticks * 1e3 / Stopwatch.Frequency).Order(),
    ];

    private sealed class Client(Uri address, TextRequest request, int number)
    {
        private long characters;

        public long Characters => Volatile.Read(ref characters);

        public int Texts { get; private set; }

        public List<string> Errors { get; } = [];

        public List<(long At, long Ticks)> FirstCharacters { get; } = [];

        public List<(long At, long Ticks)> Gaps { get; } = [];

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            EventCounter events = new();
            long seed = number * 1_000_000L;
            // Texts of equal length would all end at the same time, so the first one is shorter.
            int tokens = 1 + new Random(number).Next(request.Tokens);
            while (!cancellationToken.IsCancellationRequested && Errors.Count < 10)
            {
                try
                {
                    using HttpConnection connection = await HttpConnection.ConnectAsync(address, null, cancellationToken)
                        .ConfigureAwait(false);
                    for (; ; tokens = request.Tokens, Texts++)
                    {
                        await ReadTextAsync(connection, events, tokens, seed++, cancellationToken).ConfigureAwait(false);
                        if (events.Error is null && events.Done && events.Finished == 1 && events.Characters == tokens) continue;
                        throw new IOException(events.Error ?? $"A text of {tokens} characters has {events.Characters}.");
                    }
                }
                catch (OperationCanceledException)
                {
                }
                catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
                {
                    Errors.Add(error.Message);
                }
            }
        }

        private async Task ReadTextAsync(
            HttpConnection connection, EventCounter events, int tokens, long seed, CancellationToken cancellationToken)
        {
            await connection.SendAsync(request.Bytes(address, tokens, seed), cancellationToken).ConfigureAwait(false);
            long last = Stopwatch.GetTimestamp(), before = characters;
            ResponseHead head = await connection.ReadHeadAsync(cancellationToken).ConfigureAwait(false);
            if (head.Status != 200) throw new IOException(await connection.ReadTextAsync(cancellationToken).ConfigureAwait(false));
            events.Clear();
            for (int frames = 0; ;)
            {
                ReadOnlyMemory<byte> part = await connection.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
                if (part.IsEmpty) return;
                events.Read(part.Span);
                if (events.Frames == frames) continue;
                long now = Stopwatch.GetTimestamp();
                (frames == 0 ? FirstCharacters : Gaps).Add((now, now - last));
                (last, frames) = (now, events.Frames);
                Volatile.Write(ref characters, before + events.Characters);
            }
        }
    }
}

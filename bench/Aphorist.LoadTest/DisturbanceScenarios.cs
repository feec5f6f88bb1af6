using System.Diagnostics;
using System.Net.Sockets;

namespace Aphorist.LoadTest;

/// <summary>Scenarios in which some clients make it hard for the others.</summary>
internal static class DisturbanceScenarios
{
    private const int OtherStreams = 64;

    /// <summary>A very long prompt joins texts that run.</summary>
    public static async Task PromptAsync(Settings settings, Report report)
    {
        const string name = "prompt";
        const int length = 64_000;
        Report.Start(name, $"a prompt of {length:N0} characters joins {OtherStreams} texts, LSTM(128)");
        await using ServerProcess server = await settings.StartServerAsync(TestModel.Notebook);
        await using Clients clients = new(server, OtherStreams, TestModel.Notebook.Request);
        TextRequest request = new(100, string.Concat(Enumerable.Repeat(TestModel.Notebook.Request.Prompt, length))[..length]);
        await Task.Delay(settings.WarmUp);
        Measurement before = await Measurement.TakeAsync(server, clients, settings.ShortSeconds);
        List<Measurement> during = [];
        for (int round = 0; round < Settings.Rounds; round++)
        {
            using HttpConnection connection = await HttpConnection.ConnectAsync(server.Address);
            await connection.SendAsync(request.Bytes(server.Address, request.Tokens, round));
            during.Add(await Measurement.TakeAsync(server, clients, ReadFirstAsync(connection)));
        }

        await clients.StopAsync();
        double usual = Report.Percentile(clients.FrameGaps(before.From, before.To), 0.99);
        double disturbed = Report.Percentile(
            [.. during.SelectMany(measurement => clients.FrameGaps(measurement.From, measurement.To)).Order()], 0.99);
        report.Add(name, "time that the prompt takes", Report.Median(during.Select(measurement => measurement.Seconds)), "s");
        report.Add(name, "time between frames of the others before, p99", usual, "ms");
        report.Add(name, "time between frames of the others during the prompt, p99", disturbed, "ms");
        report.Add(name, "ratio", disturbed / usual, maximum: 2);
        report.AddErrors(name, clients.Errors);

        static async Task ReadFirstAsync(HttpConnection connection)
        {
            ResponseHead head = await connection.ReadHeadAsync();
            if (head.Status != 200) throw new IOException(await connection.ReadTextAsync());
            EventCounter events = new();
            while (events.Frames == 0) events.Read((await connection.ReadBodyAsync()).Span);
        }
    }

    /// <summary>All clients leave, whether their texts run or wait.</summary>
    public static async Task LeavingAsync(Settings settings, Report report)
    {
        const string name = "leaving";
        const int count = 400;
        const double allowed = 30; // the system counts processor time in steps of 10 ms
        Report.Start(name, $"{count} clients leave while their texts run or wait, LSTM(128)");
        await using ServerProcess server = await settings.StartServerAsync(TestModel.Notebook);
        await Task.Delay(settings.WarmUp);
        double idle = await MillisecondsAsync();
        List<HttpConnection> connections = [];
        for (int number = 0; number < count; number++)
        {
            HttpConnection connection = await HttpConnection.ConnectAsync(server.Address);
            await connection.SendAsync(TestModel.Notebook.Request.Bytes(server.Address, 1_000_000, number));
            connections.Add(connection);
        }

        await Task.Delay(TimeSpan.FromSeconds(1)); // Nobody reads, so that some texts wait for their readers, too.
        double busy = await MillisecondsAsync();
        foreach (HttpConnection connection in connections)
        {
            if (connections.IndexOf(connection) % 2 == 0) connection.Abort();
            else connection.Dispose();
        }

        await Task.Delay(TimeSpan.FromMilliseconds(50));
        double left = await MillisecondsAsync();
        report.Add(name, "processor time in 1 s without clients", idle, "ms");
        report.Add(name, "processor time in 1 s with clients that do not read", busy, "ms");
        report.Add(name, "processor time in 1 s, 50 ms after they have left", left, "ms", maximum: idle + allowed);
        double? tokens = await server.MetricAsync(GeneratedTokens);
        await Task.Delay(TimeSpan.FromSeconds(1));
        if (await server.MetricAsync(GeneratedTokens) - tokens is double generated)
            report.Add(name, "tokens generated in the second after that", generated, maximum: 0);

        async Task<double> MillisecondsAsync()
        {
            TimeSpan before = server.Cpu;
            await Task.Delay(TimeSpan.FromSeconds(1));
            return (server.Cpu - before).TotalMilliseconds;
        }
    }

    /// <summary>One client reads slowly.</summary>
    public static async Task SlowReaderAsync(Settings settings, Report report)
    {
        const string name = "slow-reader";
        Report.Start(name, $"one client reads 10 characters per second while {OtherStreams} others read at once, LSTM(128)");
        await using ServerProcess server = await settings.StartServerAsync(TestModel.Notebook);
        await using Clients clients = new(server, OtherStreams, TestModel.Notebook.Request);
        await Task.Delay(settings.WarmUp);
        List<Measurement> without = [], with = [];
        for (int round = 0; round < Settings.Rounds; round++)
        {
            without.Add(await Measurement.TakeAsync(server, clients, settings.ShortSeconds));
            using HttpConnection slow = await HttpConnection.ConnectAsync(server.Address, receiveBuffer: 4096);
            await slow.SendAsync(TestModel.Notebook.Request.Bytes(server.Address, 1_000_000, round));
            using CancellationTokenSource stop = new();
            Task reading = ReadSlowlyAsync(slow.Socket, stop.Token);
            with.Add(await Measurement.TakeAsync(server, clients, settings.ShortSeconds));
            await stop.CancelAsync();
            await reading;
        }

        await clients.StopAsync();
        double usual = Report.Median(without.Select(measurement => measurement.CharactersPerSecond));
        double disturbed = Report.Median(with.Select(measurement => measurement.CharactersPerSecond));
        report.Add(name, "characters per second of the others without it", usual);
        report.Add(name, "characters per second of the others with it", disturbed);
        report.Add(name, "loss of the others", 100 * (1 - (disturbed / usual)), "%", maximum: 2);
        report.Add(
            name, "additional memory of the server",
            Report.Median(with.Select(measurement => measurement.MeanMegabytes)) -
            Report.Median(without.Select(measurement => measurement.MeanMegabytes)), "MB", maximum: 1);
        report.AddErrors(name, clients.Errors);
    }

    /// <summary>More requests at the same time than the server may accept.</summary>
    public static async Task FullQueueAsync(Settings settings, Report report)
    {
        const string name = "full-queue";
        const int count = 1000, queue = 100;
        Report.Start(name, $"{count} requests at once with a queue of {queue}, LSTM(128)");
        await using ServerProcess server = await settings.StartServerAsync(TestModel.Notebook, queue);
        List<(int Status, double Milliseconds)> answers = [];
        List<string> errors = [];

        // The first rounds warm the server up.
        for (int round = 0; round < Settings.Rounds; round++)
        {
            answers.Clear();
            HttpConnection[] connections = new HttpConnection[count];
            for (int index = 0; index < count; index++) connections[index] = await HttpConnection.ConnectAsync(server.Address);
            long[] sent = new long[count];
            Task[] readers = [.. connections.Select((connection, index) => ReadAsync(connection, index))];
            for (int index = 0; index < count; index++)
            {
                connections[index].Socket.Send(TestModel.Notebook.Request.Bytes(server.Address, TestModel.Notebook.Request.Tokens, index));
                Volatile.Write(ref sent[index], Stopwatch.GetTimestamp());
            }

            await Task.WhenAll(readers);
            foreach (HttpConnection connection in connections) connection.Dispose();

            async Task ReadAsync(HttpConnection connection, int index)
            {
                await Task.Yield();
                try
                {
                    ResponseHead head = await connection.ReadHeadAsync();
                    long now = Stopwatch.GetTimestamp();
                    while (Volatile.Read(ref sent[index]) == 0) Thread.Yield(); // the answer was faster than the clock of the sender
                    lock (answers) answers.Add((head.Status, (now - sent[index]) * 1e3 / Stopwatch.Frequency));
                    if (head.Status == 429 && head.Header("Retry-After") is null) throw new IOException("429 without Retry-After.");
                    EventCounter events = new();
                    for (ReadOnlyMemory<byte> part; !(part = await connection.ReadBodyAsync()).IsEmpty;) events.Read(part.Span);
                    if (head.Status == 200 && !events.Done) throw new IOException("A text has no end.");
                }
                catch (Exception error) when (error is IOException or SocketException)
                {
                    lock (errors) errors.Add(error.Message);
                }
            }
        }

        double[] refused = [.. answers.Where(answer => answer.Status == 429).Select(answer => answer.Milliseconds).Order()];
        report.Add(name, "answers with 200", answers.Count(answer => answer.Status == 200));
        report.Add(name, "answers with 429", refused.Length, minimum: 1);
        report.Add(name, "other answers", answers.Count(answer => answer.Status is not (200 or 429)), maximum: 0);
        report.Add(name, "time to a 429, median", Report.Percentile(refused, 0.5), "ms");
        report.Add(name, "time to a 429, p99", Report.Percentile(refused, 0.99), "ms", maximum: 10);
        report.Add(name, "time to a 429, maximum", refused.LastOrDefault(double.NaN), "ms");
        report.AddErrors(name, errors);
    }

    // A name in the metrics of the server.
    private const string GeneratedTokens = "generated_tokens";

    // Reads the 8 bytes that a character takes with its share of the frame, ten times per second.
    private static async Task ReadSlowlyAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[8];
        try
        {
            while (await socket.ReceiveAsync(bytes, cancellationToken) > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            throw new IOException("The server closed the connection of the slow reader.");
        }
        catch (OperationCanceledException)
        {
        }
        catch (SocketException error)
        {
            throw new IOException("The server closed the connection of the slow reader.", error);
        }
    }
}

using System.Diagnostics;
using System.Net.Sockets;

namespace Aphorist.LoadTest;

/// <summary>Scenarios in which some clients make it hard for the others.</summary>
internal static class DisturbanceScenarios
{
    private const int OtherStreams = 64;

    // The server may repeat its last metrics for 300 ms.
    private static readonly TimeSpan MetricsAge = TimeSpan.FromMilliseconds(400);

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
        const int count = 300; // more than the server generates at the same time
        const int warmUpRounds = 3; // when it is idle, the runtime compiles methods that were busy before
        const double allowed = 30; // the system counts processor time in steps of 10 ms
        Report.Start(name, $"{count} clients leave while their texts run or wait, LSTM(128)");
        await using ServerProcess server = await settings.StartServerAsync(TestModel.Notebook);
        await Task.Delay(settings.WarmUp);
        double idle = await MillisecondsAsync();
        List<double> busy = [], left = [], tokens = [], present = [], remaining = [];
        for (int round = -warmUpRounds; round < Settings.Rounds; round++)
        {
            List<HttpConnection> connections = [];
            for (int number = 0; number < count; number++)
            {
                HttpConnection connection = await HttpConnection.ConnectAsync(server.Address);
                await connection.SendAsync(TestModel.Notebook.Request.Bytes(server.Address, 1_000_000, number));
                connections.Add(connection);
            }

            double with = await MillisecondsAsync();
            double? textsBefore = await TextsAsync();
            await Task.Delay(MetricsAge);
            for (int number = 0; number < count; number++)
            {
                if (number % 2 == 0) connections[number].Abort();
                else connections[number].Dispose();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50));
            double? textsAfter = await TextsAsync();
            double? before = await server.MetricAsync(GeneratedTokens);
            double without = await MillisecondsAsync();
            double? generated = await server.MetricAsync(GeneratedTokens) - before;
            if (round < 0) continue;
            busy.Add(with);
            left.Add(without);
            present.Add(textsBefore ?? double.NaN);
            remaining.Add(textsAfter ?? double.NaN);
            tokens.Add(generated ?? double.NaN);
        }

        report.Add(name, "processor time in 1 s without clients", idle, "ms");
        report.Add(name, "processor time in 1 s with the clients", Report.Median(busy), "ms");
        report.Add(name, "processor time in 1 s, 50 ms after they have left", Report.Median(left), "ms", maximum: idle + allowed);
        report.Add(name, "texts of the server with the clients, minimum", present.Min(), minimum: count, maximum: count);
        report.Add(name, "texts of the server 50 ms after they have left, maximum", Maximum(remaining), maximum: 0);
        report.Add(name, "tokens generated in that second, maximum", Maximum(tokens), maximum: 0);

        // Max ignores NaN, which stands for what was not measured.
        static double Maximum(List<double> values) => values.Any(double.IsNaN) ? double.NaN : values.Max();

        async Task<double?> TextsAsync() => await server.MetricAsync("running_texts") + await server.MetricAsync("queued_texts")
            + await server.MetricAsync("parked_texts");

        async Task<double> MillisecondsAsync()
        {
            double before = server.CpuSeconds;
            await Task.Delay(TimeSpan.FromSeconds(1));
            return 1000 * (server.CpuSeconds - before);
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
        List<Measurement> without = [await MeasureAsync()], with = [];
        for (int round = 0; round < Settings.Rounds; round++)
        {
            using (HttpConnection slow = await HttpConnection.ConnectAsync(server.Address, receiveBuffer: 4096))
            {
                await slow.SendAsync(TestModel.Notebook.Request.Bytes(server.Address, 1_000_000, round));
                using CancellationTokenSource stop = new();
                Task reading = ReadSlowlyAsync(slow.Socket, stop.Token);
                with.Add(await MeasureAsync());
                await stop.CancelAsync();
                await reading;
            }

            without.Add(await MeasureAsync());
        }

        await clients.StopAsync();
        report.Add(name, "characters per second of the others without it", Report.Median(without.Select(Speed)));
        report.Add(name, "characters per second of the others with it", Report.Median(with.Select(Speed)));
        double loss = Report.Median(Compared(Speed).Select(pair => 1 - (pair.With / pair.Without)));
        report.Add(name, "loss of the others", 100 * loss, "%", maximum: 2);
        report.Add(
            name, "additional memory of the server",
            Report.Median(Compared(measurement => measurement.MeanMegabytes).Select(pair => pair.With - pair.Without)), "MB", maximum: 1);
        report.AddErrors(name, clients.Errors);

        Task<Measurement> MeasureAsync() => Measurement.TakeAsync(server, clients, settings.ShortSeconds);

        static double Speed(Measurement measurement) => measurement.CharactersPerSecond;

        // Each measurement with the slow reader is compared with the ones before and after it, so that a trend does not count.
        IEnumerable<(double With, double Without)> Compared(Func<Measurement, double> value) => with.Select(
            (measurement, index) => (value(measurement), (value(without[index]) + value(without[index + 1])) / 2));
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
            await Task.Delay(TimeSpan.FromSeconds(1)); // The server has room for few more connections until it has closed these.

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

        double[] single = await RefusedOneByOneAsync(server, queue);
        double[] refused = [.. answers.Where(answer => answer.Status == 429).Select(answer => answer.Milliseconds).Order()];
        report.Add(name, "answers with 200", answers.Count(answer => answer.Status == 200));
        report.Add(name, "answers with 429", refused.Length, minimum: 1);
        report.Add(name, "other answers", answers.Count(answer => answer.Status is not (200 or 429)), maximum: 0);
        report.Add(name, "time to a 429, median", Report.Percentile(refused, 0.5), "ms");
        report.Add(name, "time to a 429, p99", Report.Percentile(refused, 0.99), "ms");
        report.Add(name, "time to a 429, maximum", refused.LastOrDefault(double.NaN), "ms", maximum: 10);
        report.Add(name, "time to a 429, one request at a time, median", Report.Percentile(single, 0.5), "ms");
        report.Add(name, "time to a 429, one request at a time, p99", Report.Percentile(single, 0.99), "ms");
        report.Add(name, "time to a 429, one request at a time, maximum", single[^1], "ms", maximum: 10);
        report.AddErrors(name, errors);
    }

    // The times to refusals while texts that nobody reads fill the server and its queue.
    private static async Task<double[]> RefusedOneByOneAsync(ServerProcess server, int queue)
    {
        const int attempts = 200;
        List<HttpConnection> connections = [];
        for (int number = 0; number < queue + new SchedulerOptions().MaxRunningTexts; number++)
        {
            connections.Add(await HttpConnection.ConnectAsync(server.Address));
            await connections[^1].SendAsync(TestModel.Notebook.Request.Bytes(server.Address, 1_000_000, number));
        }

        await Task.Delay(TimeSpan.FromSeconds(1));
        List<double> times = [];
        using HttpConnection last = await HttpConnection.ConnectAsync(server.Address);
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            await last.SendAsync(TestModel.Notebook.Request.Bytes(server.Address, 1, attempt));
            long start = Stopwatch.GetTimestamp();
            ResponseHead head = await last.ReadHeadAsync();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await last.ReadTextAsync();
            if (head.Status != 429) throw new IOException($"A full queue answers with {head.Status}.");
        }

        foreach (HttpConnection connection in connections) connection.Dispose();
        return [.. times.Order()];
    }

    // A name in the metrics of the server.
    private const string GeneratedTokens = "generated_tokens";

    // Reads the 8 bytes that a character takes with its share of the frame, ten times per second.
    private static async Task ReadSlowlyAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[8], status = new byte["HTTP/1.1 200".Length];
        try
        {
            await socket.ReceiveAsync(status, cancellationToken);
            if (!status.AsSpan().EndsWith(" 200"u8)) throw new IOException("The server refuses the text of the slow reader.");
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

using System.Diagnostics;

namespace Aphorist.LoadTest;

/// <summary>Scenarios that measure how fast texts are generated.</summary>
internal static class ThroughputScenarios
{
    private const int MostStreams = 256;

    /// <summary>Many texts for a long time, compared with <see cref="TextGenerator.GenerateBatch"/>.</summary>
    public static async Task ThroughputAsync(Settings settings, Report report)
    {
        const string name = "throughput";
        Report.Start(name, $"{settings.Streams} texts at the same time for {settings.Seconds} s, LSTM(128)");
        await using ServerProcess server = await settings.StartServerAsync(TestModel.Notebook);
        double before = BatchSpeed(settings, TestModel.Notebook);
        Measurement measurement;
        await using (Clients clients = new(server, settings.Streams, TestModel.Notebook.Request))
        {
            await Task.Delay(settings.WarmUp);
            measurement = await Measurement.TakeAsync(server, clients, settings.Seconds);
            await clients.StopAsync();
            double after = BatchSpeed(settings, TestModel.Notebook);
            double batch = (before + after) / 2;
            double[] first = clients.FirstCharacterTimes(measurement.From, measurement.To);
            report.Add(name, "characters per second", measurement.CharactersPerSecond, minimum: 300_000);
            report.Add(name, "GenerateBatch, before", before, "characters/s");
            report.Add(name, "GenerateBatch, after", after, "characters/s");
            report.Add(name, "share of GenerateBatch", 100 * measurement.CharactersPerSecond / batch, "%", minimum: 35);
            report.AddErrors(name, clients.Errors);
            report.Add(name, "texts", clients.Texts);
            report.Add(name, "time to first character, median", Report.Percentile(first, 0.5), "ms");
            report.Add(name, "time to first character, p99", Report.Percentile(first, 0.99), "ms", maximum: 100);
            report.Add(name, "time to first character, maximum", first.LastOrDefault(double.NaN), "ms");
        }

        report.Add(name, "resident memory of the server, mean", measurement.MeanMegabytes, "MB");
        report.Add(name, "slope of the resident memory", measurement.MegabytesPerMinute, "MB/min", maximum: 1);
        report.Add(name, "processors used by the server", measurement.ServerCpu / measurement.Seconds);
        report.Add(name, "processors used by the clients", measurement.ClientCpu / measurement.Seconds);
    }

    /// <summary>Many texts at the same time against one after the other, in turns.</summary>
    public static async Task BatchingAsync(Settings settings, Report report)
    {
        const string name = "batching";
        Report.Start(name, $"{settings.Streams} texts at the same time against one after the other, alternately");
        foreach ((TestModel model, double minimum) in new[] { (TestModel.Notebook, 2.5), (TestModel.Large, 8.0) })
        {
            await using ServerProcess server = await settings.StartServerAsync(model);
            List<double> together = [], alone = [];
            List<string> errors = [];
            for (int round = 0; round < Settings.Rounds; round++)
            {
                alone.Add(await SpeedAsync(1));
                together.Add(await SpeedAsync(settings.Streams));
            }

            report.Add(name, $"{model.Name}, one after the other", Report.Median(alone), "characters/s");
            report.Add(name, $"{model.Name}, at the same time", Report.Median(together), "characters/s");
            report.Add(name, $"{model.Name}, ratio", Report.Median(together) / Report.Median(alone), minimum: minimum);
            report.AddErrors(name, errors);

            async Task<double> SpeedAsync(int count)
            {
                await using Clients clients = new(server, count, model.Request);
                await Task.Delay(settings.WarmUp);
                Measurement measurement = await Measurement.TakeAsync(server, clients, settings.ShortSeconds);
                await clients.StopAsync();
                errors.AddRange(clients.Errors);
                return measurement.CharactersPerSecond;
            }
        }
    }

    /// <summary>Throughput and latency by the number of texts: a table for the documentation.</summary>
    public static async Task StreamsAsync(Settings settings, Report report)
    {
        const string name = "streams";
        Report.Start(
            name, "throughput and latency by the number of texts at the same time, LSTM(128)",
            """
            | texts at the same time | characters/s | of each text | first character, median | p99 | between frames, median | p99 | errors |
            | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            """);
        List<(double, double)> speeds = [], medians = [], slowest = [];
        await using ServerProcess server = await settings.StartServerAsync(TestModel.Notebook);
        for (int count = 1; count <= MostStreams; count *= 2)
        {
            await using Clients clients = new(server, count, TestModel.Notebook.Request);
            await Task.Delay(settings.WarmUp);
            Measurement measurement = await Measurement.TakeAsync(server, clients, settings.ShortSeconds);
            await clients.StopAsync();
            double speed = measurement.CharactersPerSecond;
            double[] first = clients.FirstCharacterTimes(measurement.From, measurement.To);
            double[] gaps = clients.FrameGaps(measurement.From, measurement.To);
            string[] errors = [.. clients.Errors];
            Figure[] row =
            [
                Column("characters per second", speed), Column("characters per second and text", speed / count),
                Column("time to first character, median", Report.Percentile(first, 0.5), "ms"),
                Column("time to first character, p99", Report.Percentile(first, 0.99), "ms"),
                Column("time between frames, median", Report.Percentile(gaps, 0.5), "ms"),
                Column("time between frames, p99", Report.Percentile(gaps, 0.99), "ms"),
                Column("errors", errors.Length, maximum: 0),
            ];
            report.AddRow(count, row);
            if (row.All(figure => figure.IsOk))
            {
                speeds.Add((count, row[0].Value));
                medians.Add((count, row[2].Value));
                slowest.Add((count, row[3].Value));
            }

            foreach (string error in errors.Distinct().Take(3)) Console.Error.WriteLine(error);

            Figure Column(string column, double value, string unit = "", double? maximum = null) =>
                new(name, $"{Figure.Number(count)} at the same time: {column}", value, unit, null, maximum);
        }

        if (settings.ChartFile is not { } file) return;
        if (speeds.Count < 2) throw new IOException($"'{file}' is not written: too few figures were measured.");
        Chart.Save(
            file, new Chart.Panel("characters per second", [("", speeds)]),
            new Chart.Panel("milliseconds to the first character", [("median", medians), ("p99", slowest)]));
    }

    // Characters per second of GenerateBatch in this process, with the prompts and options of the clients.
    private static double BatchSpeed(Settings settings, TestModel model)
    {
        TextGenerator generator = new(model.Create(), GenerationMode.Stateful, settings.Threads);
        GenerationOptions options = new() { MaxTokens = model.Request.Tokens, Temperature = TextRequest.Temperature, Seed = 1 };
        string[] prompts = [.. Enumerable.Repeat(model.Request.Prompt, MostStreams)];
        Run(settings.WarmUp.TotalSeconds);
        return Run(settings.ShortSeconds);

        double Run(double seconds)
        {
            long characters = 0, start = Stopwatch.GetTimestamp();
            double elapsed;
            do
            {
                foreach (string text in generator.GenerateBatch(prompts, options)) characters += text.Length;
                elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
            while (elapsed < seconds);
            return characters / elapsed;
        }
    }
}

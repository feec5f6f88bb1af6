using System.Diagnostics.Metrics;
using System.Globalization;

namespace Aphorist.Server.Observability;

/// <summary>The metrics of the server: a meter of System.Diagnostics.Metrics, which any monitoring library can read.</summary>
internal sealed class ServerMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Aphorist.Server";

    private readonly TimeProvider time;
    private readonly MetricsPage page;
    private readonly Counter<long> requests, promptTokens, generatedTokens;
    private readonly Histogram<double> timeToFirstToken, timePerToken;

    public ServerMetrics(IMeterFactory factory, ModelStore models, MetricsPage page, TimeProvider time)
    {
        (this.page, this.time) = (page, time);
        Meter meter = Meter = factory.Create(MeterName);
        requests = meter.CreateCounter<long>("aphorist.requests", null, "Answered requests.");
        promptTokens = meter.CreateCounter<long>("aphorist.prompt.tokens", null, "Tokens of prompts.");
        generatedTokens = meter.CreateCounter<long>("aphorist.generated.tokens", null, "Generated tokens.");
        timeToFirstToken = meter.CreateHistogram(
            "aphorist.time.to.first.token", "s", "Time from the start of a request to its first generated token.",
            advice: Buckets(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60));
        timePerToken = meter.CreateHistogram(
            "aphorist.time.per.token", "s", "Mean time per token of a text, after its first piece.",
            advice: Buckets(0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5));
        Observe("aphorist.loaded.models", "Models in memory.", models => models.Count);
        ObserveModels("aphorist.running.texts", "Texts that are being generated.", scheduler => scheduler.RunningTexts);
        ObserveModels("aphorist.queued.texts", "Texts that wait for a slot.", scheduler => scheduler.QueuedTexts);
        ObserveModels("aphorist.parked.texts", "Texts that wait for their readers.", scheduler => scheduler.ParkedTexts);
        ObserveModels("aphorist.slots", "Texts that can be generated at the same time.", scheduler => scheduler.Slots);

        void Observe(string name, string description, Func<IReadOnlyList<LoadedModel>, int> read) =>
            meter.CreateObservableGauge(name, () => read(models.Loaded), null, description);

        // A model is there twice while texts run on a file that was replaced.
        void ObserveModels(string name, string description, Func<GenerationScheduler, int> read) => meter.CreateObservableGauge(
            name,
            () => models.Loaded.GroupBy(model => model.Entry.Name).Select(
                group => new Measurement<int>(group.Sum(model => read(model.Scheduler)), ModelTag(group.Key))),
            null,
            description);
    }

    internal Meter Meter { get; }

    internal long Now => time.GetTimestamp();

    /// <summary>Starts to measure a request.</summary>
    /// <param name="endpoint">The endpoint: "completions", "chat.completions", "models", or "" if none was reached.</param>
    public RequestMetrics Start(string endpoint)
    {
        page.EnsureStarted();
        return new(this, endpoint);
    }

    internal void CountRequest(string endpoint, string model, int status) => requests.Add(
        1, new("endpoint", endpoint), ModelTag(model), new("status", status.ToString(CultureInfo.InvariantCulture)));

    internal void CountPromptTokens(string model, int count) => promptTokens.Add(count, ModelTag(model));

    internal void CountGeneratedTokens(string model, int count) => generatedTokens.Add(count, ModelTag(model));

    internal void RecordTimeToFirstToken(string model, long start) =>
        timeToFirstToken.Record(time.GetElapsedTime(start).TotalSeconds, ModelTag(model));

    internal void RecordTimePerToken(string model, long first, long last, int count) =>
        timePerToken.Record(time.GetElapsedTime(first, last).TotalSeconds / count, ModelTag(model));

    private static KeyValuePair<string, object?> ModelTag(string model) => new("model", model);

    private static InstrumentAdvice<double> Buckets(params double[] bounds) => new() { HistogramBucketBoundaries = bounds };
}

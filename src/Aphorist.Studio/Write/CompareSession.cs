using Aphorist.Server;

namespace Aphorist.Studio.Write;

/// <summary>A text of a comparison.</summary>
public sealed class CompareColumn
{
    /// <summary>The temperature; null for that of the settings.</summary>
    public double? Temperature { get; set; }

    /// <summary>The name of the model; null for that of the page.</summary>
    public string? Model { get; set; }

    /// <summary>The beginning, in the tokens of the model.</summary>
    public Draft Beginning { get; internal set; } = new();

    /// <summary>What was written after it.</summary>
    public Draft Draft { get; internal set; } = new();

    /// <summary>The tokenizer of the model; null until the model is open.</summary>
    public Tokenizer? Tokenizer { get; internal set; }

    /// <summary>A word that changes when the file of the model does.</summary>
    public string? Fingerprint { get; internal set; }

    /// <summary>What went wrong; null if nothing did.</summary>
    public Exception? Problem { get; internal set; }

    /// <summary>The mean surprisal of what was written, in bits per token; null if there is nothing yet.</summary>
    public double? MeanBits => Draft.Length == 0 ? null : Draft.Units.Average(unit => unit.Bits);
}

/// <summary>Writes several texts after the same beginning and with the same seed, at the same time. Used by one thread at a time.</summary>
/// <param name="store">The models.</param>
public sealed class CompareSession(ModelStore store) : IDisposable
{
    /// <summary>The largest number of columns.</summary>
    public const int MaxColumns = 6;

    private readonly string client = $"studio {Guid.NewGuid():N}";
    private CancellationTokenSource? run;
    private Task running = Task.CompletedTask;

    /// <summary>Happens when a text has grown.</summary>
    public event Action? Changed;

    /// <summary>The columns, in the order of the page.</summary>
    public IList<CompareColumn> Columns { get; private set; } = [];

    /// <summary>Whether a text is being written.</summary>
    public bool IsRunning => !running.IsCompleted;

    /// <summary>Compares temperatures: those of the samples during training, at first.</summary>
    public void UseTemperatures(IEnumerable<double> temperatures) =>
        Columns = [.. temperatures.Take(MaxColumns).Select(temperature => new CompareColumn { Temperature = temperature })];

    /// <summary>Compares models.</summary>
    public void UseModels(IEnumerable<string> models) =>
        Columns = [.. models.Take(MaxColumns).Select(model => new CompareColumn { Model = model })];

    /// <summary>Writes all texts. The task ends with the last of them.</summary>
    /// <param name="model">The model of the page.</param>
    /// <param name="beginning">The text to continue, in the tokens of that model.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="seed">The seed of all texts.</param>
    public async Task WriteAsync(string model, Draft beginning, SamplingSettings settings, long seed)
    {
        ArgumentNullException.ThrowIfNull(beginning);
        await StopAsync();
        run?.Dispose();
        run = new CancellationTokenSource();
        CancellationToken stop = run.Token;
        await (running = Task.WhenAll(Columns.ToArray().Select(column => WriteAsync(column, model, beginning, settings, seed, stop))));
        Changed?.Invoke();
    }

    /// <summary>Stops all texts. What was written stays.</summary>
    public async Task StopAsync()
    {
        if (run is not null) await run.CancelAsync();
        await running;
    }

    /// <summary>Ends everything that runs.</summary>
    public void Dispose()
    {
        Changed = null;
        run?.Cancel();
    }

    private async Task WriteAsync(
        CompareColumn column, string model, Draft beginning, SamplingSettings settings, long seed, CancellationToken stop)
    {
        try
        {
            (column.Problem, column.Beginning, column.Draft) = (null, new(), new());
            using ModelLease lease = await store.OpenAsync(column.Model ?? model, stop);
            bool isOwn = column.Model is null || column.Model == model;
            (column.Tokenizer, column.Fingerprint) = (lease.Model.Tokenizer, lease.Fingerprint);
            column.Beginning = isOwn
                ? beginning
                : await TextRun.EncodeAsync(lease, beginning.ToString(), skipsUnknown: false, client, stop);
            SamplingSettings own = settings with { Temperature = column.Temperature ?? settings.Temperature };
            await TextRun.ContinueAsync(lease, column.Beginning, column.Draft, own, seed, client, () => Changed?.Invoke(), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was stopped before it began.
        }
        catch (Exception exception) when (exception is AphoristException or TimeoutException or IOException)
        {
            column.Problem = exception;
        }
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Aphorist.Server.Tests.Models;

/// <summary>A store on a folder, with a clock that the test moves and a log that it reads.</summary>
internal sealed class StoreFixture : IAsyncDisposable, ILogger<ModelStore>
{
    public StoreFixture(Action<AphoristServerOptions>? configure = null)
    {
        Options = new() { Threads = 1, Models = [Folder.Path] };
        configure?.Invoke(Options);
    }

    public ModelFolder Folder { get; } = new();

    public AphoristServerOptions Options { get; }

    public ManualTime Time { get; } = new();

    /// <summary>Created when it is used first, after the test has written its models.</summary>
    public ModelStore Store => field ??= new ModelStore(Options, Time, this);

    public ConcurrentQueue<string> Log { get; } = [];

    /// <summary>Called with each line of the log. The end of a load is one, so this can hold a load up.</summary>
    public Action<string> OnLog { get; set; } = _ => { };

    public string[] Names => [.. Store.List().Select(entry => entry.Name)];

    public int Loads => Log.Count(line => line.StartsWith("Loaded", StringComparison.Ordinal));

    public Task<ModelLease> OpenAsync(string? name) => Store.OpenAsync(name, TestContext.Current.CancellationToken);

    /// <summary>Opens a model and closes it again.</summary>
    public async Task<string> UseAsync(string? name)
    {
        using ModelLease lease = await OpenAsync(name);
        return lease.Fingerprint;
    }

    /// <summary>Waits until the files count as changed.</summary>
    public void NextCheck() => Time.Advance(TimeSpan.FromSeconds(1));

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Folder.Dispose();
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string line = formatter(state, exception);
        Log.Enqueue(line);
        OnLog(line);
    }
}

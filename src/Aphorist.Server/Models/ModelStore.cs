using Aphorist.Server.Protocol;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aphorist.Server;

/// <summary>
/// The models that are served. A model is loaded when it is used first, again when its file changes, and unloaded when nobody uses it. It
/// is a service of <see cref="AphoristServer.AddAphorist"/>, for pages and endpoints of an application that use the same models.
/// </summary>
public sealed partial class ModelStore : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>How long the list of files counts as current, and how long a failed load is not tried again.</summary>
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly AphoristServerOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<ModelStore> log;
    private readonly ModelCatalog catalog;
    private readonly SchedulerOptions schedulerOptions;
    private readonly Lazy<GenerationThreads> threads;
    private readonly ITimer timer;

    private readonly Lock gate = new(), scanning = new();
    private readonly Dictionary<string, Slot> slots = [];
    private readonly HashSet<LoadedModel> loaded = [];
    private volatile IReadOnlyList<ModelEntry> entries;
    private Task disposals = Task.CompletedTask;
    private long lastScan, bytes;
    // How often Refresh was called, now and when the files were last looked at.
    private int version, scannedVersion;
    private bool hasGarbage;
    private volatile bool stopping;

    /// <exception cref="InvalidOptionsException">A path does not exist, or two models have the same name.</exception>
    internal ModelStore(AphoristServerOptions options, TimeProvider time, ILogger<ModelStore> log)
    {
        (this.options, this.time, this.log) = (options, time, log);
        catalog = new ModelCatalog(options.Models, log);
        entries = catalog.Scan();
        lastScan = time.GetTimestamp();
        schedulerOptions = new SchedulerOptions { MaxQueuedTexts = options.MaxQueue, Timeout = options.RequestTimeout };
        threads = new(() => new GenerationThreads(options.Threads));
        TimeSpan period = TimeSpan.FromTicks(
            Math.Clamp(options.UnloadAfter.Ticks / 2, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerMinute));
        timer = time.CreateTimer(_ => UnloadUnused(), null, period, period);
    }

    /// <summary>Whether the server is stopping and answers no further requests.</summary>
    internal bool IsStopping => stopping;

    /// <summary>Whether every model would refuse a request for texts now, because its queue is full.</summary>
    internal bool IsFull
    {
        get
        {
            if (stopping || entries.Count == 0) return false;
            lock (gate) return loaded.Count >= entries.Count && loaded.All(model => model.Scheduler.IsFull);
        }
    }

    /// <summary>The models in memory. A name is there twice while texts run on a file that was replaced.</summary>
    internal IReadOnlyList<LoadedModel> Loaded
    {
        get
        {
            lock (gate) return [.. loaded];
        }
    }

    /// <summary>The models, by name. Their files are not opened.</summary>
    public IReadOnlyList<ModelEntry> List()
    {
        if (IsCurrent()) return entries;
        // One request looks at the files. Those that come at the same time use the list as it was, so that a slow disk delays nobody.
        // After Refresh they wait, because what looks now may have begun before the change.
        if (IsRefreshed()) scanning.Enter();
        else if (!scanning.TryEnter()) return entries;
        try
        {
            if (IsCurrent()) return entries;
            int seen = Volatile.Read(ref version);
            entries = catalog.Scan();
            Interlocked.Exchange(ref lastScan, time.GetTimestamp());
            Volatile.Write(ref scannedVersion, seen);
            return entries;
        }
        finally
        {
            scanning.Exit();
        }
    }

    /// <summary>
    /// Makes <see cref="List"/> look at the files again, for an application that adds, renames or deletes models. Otherwise a list can be a
    /// second old.
    /// </summary>
    public void Refresh() => Interlocked.Increment(ref version);

    /// <summary>Returns the model with a name, without opening it.</summary>
    /// <exception cref="ApiException">There is no such model (404).</exception>
    internal ModelEntry Find(string name) => List().FirstOrDefault(entry => entry.Name == name) ?? throw new ApiException(
        404, $"There is no model '{Shorten(name)}'. GET /v1/models lists the models.", "model", "model_not_found");

    /// <summary>Opens a model for one request. Dispose the lease when the request is answered.</summary>
    /// <param name="name">The name; null for the only model.</param>
    /// <param name="cancellationToken">Stops waiting for the model, which is loaded nevertheless.</param>
    /// <returns>The model, which stays loaded until the lease is disposed.</returns>
    /// <exception cref="AphoristException">
    /// There is no such model (404), the name is missing (400), the file cannot be used (500), or there is no memory for it now (503): the
    /// endpoints of the server answer with these statuses.
    /// </exception>
    public async Task<ModelLease> OpenAsync(string? name, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            ModelEntry entry = Require(name);
            (Slot slot, Task<LoadedModel> ready) = Request(entry);
            try
            {
                LoadedModel model = await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (TryUse(model) is { } lease) return lease;
            }
            finally
            {
                lock (gate) slot.Waiting--;
            }
        }
    }

    /// <summary>Unloads the models that nobody used for a while, and those whose files are gone.</summary>
    internal void UnloadUnused()
    {
        Collect();
        HashSet<string> names = [.. List().Select(entry => entry.Name)];
        lock (gate)
        {
            foreach ((string name, Slot slot) in slots)
            {
                if (!slot.IsIdle) continue;
                bool isGone = !names.Contains(name);
                if (slot.Current is { } current && (isGone || time.GetElapsedTime(current.LastUsed) >= options.UnloadAfter)) Unload(slot);
                if (isGone) slots.Remove(name);
            }
        }
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Finishes the running texts. Connections are closed after that, so their answers still arrive.</summary>
    internal async Task StoppingAsync(CancellationToken cancellationToken)
    {
        stopping = true;
        await Task.WhenAll(Loaded.Select(model => model.Scheduler.StopAsync(AphoristApplication.Grace)))
            .WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => StoppingAsync(cancellationToken);

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Unloads all models.</summary>
    public async ValueTask DisposeAsync()
    {
        stopping = true;
        await timer.DisposeAsync().ConfigureAwait(false);
        Task[] loads;
        lock (gate) loads = [.. slots.Values.Select(slot => slot.Ready).OfType<Task>()];
        // A load that has started cannot be interrupted.
        await Task.WhenAll(loads).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (LoadedModel model in Loaded) await model.Scheduler.DisposeAsync().ConfigureAwait(false);
        Task unloading;
        lock (gate) unloading = disposals;
        // The schedulers use the threads until they have ended.
        await unloading.ConfigureAwait(false);
        if (threads.IsValueCreated) threads.Value.Dispose();
    }

    private bool IsCurrent() => !IsRefreshed() && time.GetElapsedTime(Interlocked.Read(ref lastScan)) < CheckInterval;

    private bool IsRefreshed() => Volatile.Read(ref scannedVersion) != Volatile.Read(ref version);

    private ModelEntry Require(string? name)
    {
        if (stopping) throw ErrorResponse.Stopping;
        if (name is not null) return Find(name);
        return List() switch
        {
            [ModelEntry only] => only,
            [] => throw new ApiException(404, "The server has no model at the moment.", "model", "model_not_found"),
            { Count: int count } => throw new ApiException(
                400, $"The server has {count} models. Set \"model\" to the name of one; GET /v1/models lists them.", "model"),
        };
    }

    private static string Shorten(string name) => name.Length <= 100 ? name : name[..100] + "...";

    /// <summary>Returns the load that gives the current model, which all requests of that time share.</summary>
    private (Slot Slot, Task<LoadedModel> Ready) Request(ModelEntry entry)
    {
        lock (gate)
        {
            if (!slots.TryGetValue(entry.Name, out Slot? slot)) slots.Add(entry.Name, slot = new Slot());
            if (slot.Ready is null || (slot.Ready.IsCompleted && NeedsLoad(slot, entry)))
            {
                if (slot.Tried != entry) slot.Bytes = entry.Bytes;
                (slot.Tried, slot.TriedAt) = (entry, time.GetTimestamp());
                slot.Ready = Task.Run(() => LoadAsync(slot, entry));
            }

            slot.Waiting++;
            return (slot, slot.Ready);
        }
    }

    private bool NeedsLoad(Slot slot, ModelEntry entry)
    {
        if (slot.Tried != entry) return true;
        return (slot.Current is null || slot.MayRetry) && time.GetElapsedTime(slot.TriedAt) >= CheckInterval;
    }

    private async Task<LoadedModel> LoadAsync(Slot slot, ModelEntry entry)
    {
        LoadedModel? old = slot.Current;
        try
        {
            slot.MayRetry = false;
            LoadedModel model = await LoadIntoAsync(slot, entry, old).ConfigureAwait(false);
            LogLoaded(entry.Name, model.Bytes, model.Fingerprint);
            return model;
        }
        catch (Exception exception)
        {
            // What is wrong with the file, or with its size, stays wrong until the file changes.
            slot.MayRetry = exception is not (ModelFileException or ApiException { Status: 500 });
            if (old is not null)
            {
                LogKept(entry.Name, exception.Message);
                return old;
            }

            LogFailed(entry.Name, exception.Message);
            throw exception is ApiException ? exception : Failure(entry, exception);
        }
    }

    private async Task<LoadedModel> LoadIntoAsync(Slot slot, ModelEntry entry, LoadedModel? old)
    {
        long reserved = 0;
        LoadedModel? model = null;
        try
        {
            await ReserveAsync(slot.Bytes).ConfigureAwait(false);
            model = LoadedModel.Read(entry, schedulerOptions, threads.Value);
            // Known only now. From the next load of the file on, it is known before.
            slot.Bytes = model.Bytes;
            if (model.Bytes > reserved) await ReserveAsync(model.Bytes - reserved).ConfigureAwait(false);
        }
        catch
        {
            lock (gate) bytes -= reserved;
            if (model is not null) await model.Scheduler.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        lock (gate)
        {
            bytes += model.Bytes - reserved;
            model.LastUsed = time.GetTimestamp();
            loaded.Add(model);
            slot.Current = model;
            if (old is not null) Retire(old);
        }

        return model;

        async Task ReserveAsync(long count)
        {
            Task unloading;
            lock (gate)
            {
                Reserve(entry.Name, slot.Bytes, count, old);
                reserved += count;
                unloading = disposals;
            }

            await unloading.ConfigureAwait(false);
            // The caller may be the end of the unloading, whose variables still refer to the model.
            await Task.Yield();
            Collect();
        }
    }

    // The answer does not quote the exception: it contains the path of the file.
    private static ApiException Failure(ModelEntry entry, Exception exception) => File.Exists(entry.Path)
        ? new(500, $"The model '{entry.Name}' cannot be loaded. The log of the server says why.", "model", "model_not_loaded")
        : new(404, $"The model '{entry.Name}' is gone. GET /v1/models lists the models.", "model", "model_not_found");

    /// <summary>Makes room for a model and counts it. The caller has the lock.</summary>
    /// <param name="name">The name of the model.</param>
    /// <param name="needed">The memory of the model, as far as it is known.</param>
    /// <param name="count">The part of it that is not counted yet.</param>
    /// <param name="replaced">The model that it replaces. It is not counted, since it would otherwise block its own replacement.</param>
    private void Reserve(string name, long needed, long count, LoadedModel? replaced)
    {
        if (stopping) throw ErrorResponse.Stopping;
        long limit = options.MaxLoadedBytes;
        if (needed > limit)
        {
            LogTooLarge(name, needed, limit);
            throw new ApiException(500, $"The model '{name}' is too large for this server.", "model", "model_not_loaded");
        }

        while (bytes - (replaced?.Bytes ?? 0) + count > limit)
        {
            Slot? oldest = slots.Values.Where(other => other is { IsIdle: true, Current: not null })
                .MinBy(other => other.Current!.LastUsed);
            if (oldest is null)
            {
                throw new ApiException(503, $"There is no memory for the model '{name}' while others are in use. Try again later.")
                {
                    RetryAfter = TimeSpan.FromSeconds(5),
                };
            }

            Unload(oldest);
        }

        bytes += count;
    }

    /// <summary>Frees the memory of models that were unloaded.</summary>
    private void Collect()
    {
        // The collector does not know of the limit, and would wait until several times as much is garbage. It does not stop the
        // application, which may have much memory of its own.
        if (Interlocked.Exchange(ref hasGarbage, false)) GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }

    private ModelLease? TryUse(LoadedModel model)
    {
        lock (gate)
        {
            if (stopping) throw ErrorResponse.Stopping;
            // It was unloaded between the end of the load and this request.
            if (!loaded.Contains(model)) return null;
            model.Users++;
        }

        return new ModelLease(model.Entry.Name, model.Fingerprint, model.Model, model.Scheduler, () => EndUse(model));
    }

    private void EndUse(LoadedModel model)
    {
        lock (gate)
        {
            model.Users--;
            model.LastUsed = time.GetTimestamp();
            if (model.IsRetired) Retire(model);
        }
    }

    private void Unload(Slot slot)
    {
        LoadedModel model = slot.Current!;
        (slot.Current, slot.Ready) = (null, null);
        Retire(model);
        LogUnloaded(model.Entry.Name);
    }

    /// <summary>Disposes a model as soon as nobody uses it. The caller has the lock.</summary>
    private void Retire(LoadedModel model)
    {
        model.IsRetired = true;
        if (model.Users > 0 || !loaded.Remove(model)) return;
        bytes -= model.Bytes;
        disposals = Task.WhenAll(disposals, Task.Run(EndAsync));

        async Task EndAsync()
        {
            await model.Scheduler.DisposeAsync().ConfigureAwait(false);
            Volatile.Write(ref hasGarbage, true);
        }
    }

    [LoggerMessage(10, LogLevel.Information, "Loaded the model '{Name}': up to {Bytes} bytes of memory, {Fingerprint}.")]
    private partial void LogLoaded(string name, long bytes, string fingerprint);

    [LoggerMessage(11, LogLevel.Information, "Unloaded the model '{Name}'.")]
    private partial void LogUnloaded(string name);

    [LoggerMessage(12, LogLevel.Error, "Cannot load the model '{Name}': {Problem}")]
    private partial void LogFailed(string name, string problem);

    [LoggerMessage(
        13, LogLevel.Warning, "The file of the model '{Name}' has changed and cannot be loaded, so the old model is kept: {Problem}")]
    private partial void LogKept(string name, string problem);

    [LoggerMessage(14, LogLevel.Error, "The model '{Name}' needs {Bytes} bytes of memory or more, but MaxLoadedBytes is {Limit}.")]
    private partial void LogTooLarge(string name, long bytes, long limit);

    /// <summary>The state of one name.</summary>
    private sealed class Slot
    {
        /// <summary>The model that requests get; null if none is loaded.</summary>
        public LoadedModel? Current { get; set; }

        /// <summary>The last load. It gives the old model if the new one cannot be loaded.</summary>
        public Task<LoadedModel>? Ready { get; set; }

        /// <summary>The file that was loaded last, or could not be loaded.</summary>
        public ModelEntry? Tried { get; set; }

        public long TriedAt { get; set; }

        /// <summary>The memory of <see cref="Tried"/>: the size of the file until it was loaded once.</summary>
        public long Bytes { get; set; }

        /// <summary>Whether the last load failed for a reason that may pass although the file does not change.</summary>
        public bool MayRetry { get; set; }

        /// <summary>The number of requests that wait for <see cref="Ready"/>.</summary>
        public int Waiting { get; set; }

        public bool IsIdle => Waiting == 0 && Ready is null or { IsCompleted: true } && Current is null or { Users: 0 };
    }
}

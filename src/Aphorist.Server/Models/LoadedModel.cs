using System.Security.Cryptography;

namespace Aphorist.Server;

/// <summary>A model in memory. The lock of the <see cref="ModelStore"/> protects what changes.</summary>
internal sealed class LoadedModel(ModelEntry entry, string fingerprint, LanguageModel model, GenerationScheduler scheduler)
{
    public ModelEntry Entry => entry;

    public string Fingerprint => fingerprint;

    public LanguageModel Model => model;

    public GenerationScheduler Scheduler => scheduler;

    /// <summary>The memory of the model when all slots of its scheduler are used.</summary>
    public long Bytes => entry.Bytes + scheduler.MemoryBytes;

    /// <summary>The number of leases.</summary>
    public int Users { get; set; }

    /// <summary>When the last lease ended.</summary>
    public long LastUsed { get; set; }

    /// <summary>Whether the model is disposed as soon as it has no users.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Reads the file. Its content is not trusted: everything is checked.</summary>
    /// <exception cref="ModelFileException">The file is damaged.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static LoadedModel Read(ModelEntry entry, SchedulerOptions options, GenerationThreads threads)
    {
        // Not opened when empty: a pipe has no length either, and would wait for a writer.
        if (entry.Bytes == 0) throw new ModelFileException(entry.Path, "it is empty");
        using FileStream stream = new(
            entry.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        if (stream.Length != entry.Bytes) throw new ModelFileException(entry.Path, "it changes while it is read");
        LanguageModel model = LanguageModel.Load(stream, entry.Path);
        stream.Position = 0;
        string fingerprint = $"fp_{Convert.ToHexStringLower(SHA256.HashData(stream).AsSpan(0, 5))}";
        return new LoadedModel(entry, fingerprint, model, new GenerationScheduler(model, options, threads));
    }
}

/// <summary>A loaded model, which stays loaded until the lease is disposed.</summary>
public sealed class ModelLease : IDisposable
{
    private Action? end;

    internal ModelLease(string name, string fingerprint, LanguageModel model, GenerationScheduler scheduler, Action end)
    {
        (Name, Fingerprint, Model, Scheduler) = (name, fingerprint, model, scheduler);
        this.end = end;
    }

    /// <summary>The name of the model.</summary>
    public string Name { get; }

    /// <summary>A word that changes when the file changes: system_fingerprint in answers.</summary>
    public string Fingerprint { get; }

    /// <summary>The model. Do not change it: others use it at the same time.</summary>
    public LanguageModel Model { get; }

    /// <summary>Generates texts with the model, together with all other requests.</summary>
    public GenerationScheduler Scheduler { get; }

    /// <summary>Ends the use. The model may be unloaded after that.</summary>
    public void Dispose() => Interlocked.Exchange(ref end, null)?.Invoke();
}

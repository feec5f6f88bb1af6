using Aphorist.Server.Protocol;

namespace Aphorist.Server.Models;

/// <summary>The models that are served. A model is loaded when it is used first.</summary>
internal sealed class ModelStore(AphoristServerOptions options) : IAsyncDisposable
{
    /// <summary>The models, by name. Their files are not opened.</summary>
    public IReadOnlyList<ModelEntry> List() => [.. options.Models.Select(path => new ModelEntry(Path.GetFileNameWithoutExtension(path), path))];

    /// <summary>Opens a model for one request. Dispose the lease when the request is answered.</summary>
    /// <param name="name">The name; null for the only model.</param>
    /// <param name="cancellationToken">Stops waiting for the model.</param>
    /// <exception cref="ApiException">There is no such model (404), the name is missing (400), or the file cannot be used (500).</exception>
    public Task<ModelLease> OpenAsync(string? name, CancellationToken cancellationToken)
    {
        ModelEntry entry = List().FirstOrDefault(entry => name is null || entry.Name == name)
            ?? throw new ApiException(404, $"There is no model '{name}'.", "model", "model_not_found");
        LanguageModel model = LanguageModel.Load(entry.Path);
        return Task.FromResult(new ModelLease(entry.Name, "fp_0", model, new GenerationScheduler(model)));
    }

    public ValueTask DisposeAsync() => default;
}

/// <summary>A model that can be used.</summary>
/// <param name="Name">The name that requests use.</param>
/// <param name="Path">The file.</param>
internal sealed record ModelEntry(string Name, string Path)
{
    /// <summary>When the file was last written.</summary>
    public DateTimeOffset Created => File.GetLastWriteTimeUtc(Path);
}

/// <summary>A loaded model, which stays loaded until the lease is disposed.</summary>
internal sealed class ModelLease(string name, string fingerprint, LanguageModel model, GenerationScheduler scheduler) : IDisposable
{
    public string Name => name;

    /// <summary>Changes when the file changes: the answer's system_fingerprint.</summary>
    public string Fingerprint => fingerprint;

    public LanguageModel Model => model;

    public GenerationScheduler Scheduler => scheduler;

    public void Dispose()
    {
    }
}

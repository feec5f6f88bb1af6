namespace Aphorist.Server;

/// <summary>Options of the server. They can be bound to a configuration section.</summary>
public sealed class AphoristServerOptions
{
    /// <summary>
    /// The models: model files, run folders, or folders of those. A file is served under its name without the extension, a run folder under
    /// the name of the folder.
    /// </summary>
    public IList<string> Models { get; set; } = [];

    /// <summary>The number of threads that generate texts: 1 or more, or 0, the default, for one per processor.</summary>
    public int Threads { get; set; }

    /// <summary>The most tokens that a request may ask for, per text: 1 or more. 10,000 by default.</summary>
    public int MaxTokens { get; set; } = 10_000;

    /// <summary>The most texts that wait for a place, per model: 0 or more. 1,000 by default. Further requests are answered with 429.</summary>
    public int MaxQueue { get; set; } = 1000;

    /// <summary>The size of the largest request body in bytes. 4 MiB by default.</summary>
    public long MaxRequestBytes { get; set; } = 4 << 20;

    /// <summary>The longest time from the arrival of a request to the end of its texts. 10 minutes by default.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The time after which a model that nobody used is unloaded. 15 minutes by default.</summary>
    public TimeSpan UnloadAfter { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A file with one API key per line. None by default: requests need no key.</summary>
    public string? ApiKeyFile { get; set; }
}

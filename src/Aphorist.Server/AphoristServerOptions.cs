using System.Globalization;
using System.Runtime.CompilerServices;

namespace Aphorist.Server;

/// <summary>Options of the server. They can be bound to a configuration section.</summary>
/// <remarks>A property that is set to a value out of its range throws <see cref="InvalidOptionsException"/>.</remarks>
public sealed class AphoristServerOptions
{
    /// <summary>
    /// The models: model files, run folders, or folders of those. A file is served under its name without the extension, a run folder under
    /// the name of the folder. An empty list, the default, means that there is no model: /health and requests for texts are answered
    /// with errors.
    /// </summary>
    public IList<string> Models { get; set; } = [];

    /// <summary>The number of threads that generate texts: 0 to 1,024. 0, the default, means one per processor.</summary>
    public int Threads { get; set => field = Check(value, value is >= 0 and <= 1024, "0 to 1024"); }

    /// <summary>The most tokens that a request may ask for, per text: 1 or more. 10,000 by default.</summary>
    public int MaxTokens { get; set => field = Check(value, value >= 1, "1 or more"); } = 10_000;

    /// <summary>
    /// The most texts that wait for a slot, per model: 0 to 1,000,000. 1,000 by default. Further requests are answered with 429.
    /// </summary>
    public int MaxQueue { get; set => field = Check(value, value is >= 0 and <= 1_000_000, "0 to 1000000"); } = 1000;

    /// <summary>The size of the largest request body in bytes: 1 byte to 1 GiB. 4 MiB by default.</summary>
    public long MaxRequestBytes { get; set => field = Check(value, value is >= 1 and <= 1 << 30, "1 to 1073741824"); } = 4 << 20;

    /// <summary>
    /// The longest time from the moment a text is queued to its end, up to 24 hours. 10 minutes by default. A request whose answer is not
    /// complete 10 seconds after this time, counted from its arrival, is aborted.
    /// </summary>
    public TimeSpan RequestTimeout { get; set => field = CheckTime(value); } = TimeSpan.FromMinutes(10);

    /// <summary>The time after which a model that nobody used is unloaded, up to 24 hours. 15 minutes by default.</summary>
    public TimeSpan UnloadAfter { get; set => field = CheckTime(value); } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// The most bytes of memory that the loaded models may need together: 1 or more. 2 GiB by default. When a model needs more, models that
    /// nobody uses are unloaded first, starting with the one whose last use is longest ago. A model needs about twice the size of its file,
    /// and the states of all texts that it can generate at the same time: up to 256 MiB, see <see cref="GenerationScheduler.MemoryBytes"/>.
    /// </summary>
    public long MaxLoadedBytes { get; set => field = Check(value, value >= 1, "1 or more"); } = 2L << 30;

    /// <summary>
    /// A file with the API keys, one per line: 16 to 512 visible ASCII characters each. Empty lines and lines that start with # are
    /// skipped. The file is read again when it changes. Null, the default, means that requests need no key.
    /// </summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>
    /// The host names that requests may be addressed to, without ports, besides localhost, 127.0.0.1, [::1] and the address that a client
    /// is connected to. "*.example.com" stands for all subdomains, and "*" for all names. Other requests are answered with 400, since a
    /// web page could have sent them to a server that only this machine can reach (DNS rebinding). Empty by default.
    /// </summary>
    public IList<string> AllowedHosts { get; set; } = [];

    /// <summary>
    /// The origins of web pages that may use the server, such as "https://example.com"; "*" stands for all. Requests of other pages are
    /// answered with 403. Empty by default.
    /// </summary>
    public IList<string> CorsOrigins { get; set; } = [];

    /// <summary>
    /// The IP addresses of reverse proxies. The client of a request from one of them is the last address in its X-Forwarded-For header.
    /// Empty by default.
    /// </summary>
    public IList<string> TrustedProxies { get; set; } = [];

    private static TimeSpan CheckTime(TimeSpan value, [CallerMemberName] string name = "") =>
        Check(value, value > TimeSpan.Zero && value <= TimeSpan.FromDays(1), "above 0, up to 24 hours", name);

    private static T Check<T>(T value, bool isInRange, string range, [CallerMemberName] string name = "") =>
        isInRange ? value : throw new InvalidOptionsException(
            string.Create(CultureInfo.InvariantCulture, $"{name} is {value}. It must be {range}."), name);
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Aphorist.Cli.CommandLine;
using Aphorist.Server;
using Aphorist.Server.Security;
using Microsoft.Extensions.Logging;

namespace Aphorist.Cli.Commands.Serve;

/// <summary>The options of `aphorist serve`. Each can also be a setting, see <see cref="ServeSettings"/>.</summary>
internal static class ServeOptions
{
    private const string Localhost = "localhost";

    public static readonly Argument<string[]> Models = WordArgument.Several(
        "MODEL", "Model files, run folders, or folders of those. Default: the folder 'runs'.");

    private static readonly Option<string?> Address = CreateAddress();

    private static readonly NumberOption<int> Port = NumberOptions.Whole(
        "--port", "Port to listen on. 0 selects a free port.", 0, ushort.MaxValue, 8080);

    private static readonly Option<string?> ApiKeyFile = new("--api-key-file")
    {
        Description =
            "File with the API keys, one per line. It is read again when it changes. Required for an --address that other machines can " +
            "reach. Default: no key is needed.",
        HelpName = "file",
    };

    private static readonly Option<string[]> AllowHost = new Option<string[]>("--allow-host")
    {
        Description =
            "A host name that requests may be addressed to, besides localhost and the address of the server, such as example.com or " +
            "*.example.com; * allows all. Repeatable.",
        HelpName = "name",
    }.Sets(nameof(AphoristServerOptions.AllowedHosts));

    private static readonly Option<string[]> CorsOrigin = new Option<string[]>("--cors-origin")
    {
        Description =
            "An origin whose web pages may use the server, such as https://example.com; * allows all. Repeatable. Default: none.",
        HelpName = "origin",
    }.Sets(nameof(AphoristServerOptions.CorsOrigins));

    private static readonly Option<string[]> TrustProxy = new Option<string[]>("--trust-proxy")
    {
        Description = "The IP address of a reverse proxy whose X-Forwarded-For header names the client. Repeatable. Default: none.",
        HelpName = "address",
    }.Sets(nameof(AphoristServerOptions.TrustedProxies));

    private static readonly NumberOption<int> Threads = NumberOptions.Whole(
        "--threads", "Number of threads that generate texts. 0 starts one per processor.", 0, 1024, 0);

    private static readonly NumberOption<int> MaxTokens = NumberOptions.Whole(
        "--max-tokens", "Maximum number of tokens that a request may ask for, per text.", 1, fallback: 10_000);

    private static readonly NumberOption<int> Queue = NumberOptions.Whole(
        "--queue", "Maximum number of queued texts per model. Further requests get status 429.", 0, 1_000_000, 1000)
        .Sets(nameof(AphoristServerOptions.MaxQueue));

    private static readonly NumberOption<long> MaxRequestBytes = new(
        "--max-request-bytes", "bytes", "Maximum size of the body of a request.", new(1, 1 << 30), 4 << 20);

    private static readonly NumberOption<long> MaxLoadedBytes = new(
        "--max-loaded-bytes", "bytes", "Maximum memory of the models that are loaded at the same time.",
        NumberRange.AtLeast(1), 2L << 30);

    private static readonly NumberOption<double> Timeout = NumberOptions.Real(
        "--timeout", "seconds", "Time after which a request is ended.", NumberRange.Above(0, 86_400), 600)
        .Sets(nameof(AphoristServerOptions.RequestTimeout));

    private static readonly NumberOption<double> UnloadAfter = NumberOptions.Real(
        "--unload-after", "seconds", "Time after which an unused model is unloaded.", NumberRange.Above(0, 86_400), 900);

    private static readonly ChoiceOption<LogLevel> Log = new(
        "--log", "What to log on standard error: warnings and errors only, or also one line per request.", LogLevel.Warning,
        ("warnings", LogLevel.Warning), ("requests", LogLevel.Information));

    /// <summary>The options by heading.</summary>
    public static OptionGroup[] Groups { get; } =
    [
        new("Network", Address, Port, AllowHost, CorsOrigin, TrustProxy, ApiKeyFile),
        new("Limits", Threads, MaxTokens, Queue, MaxRequestBytes, Timeout, MaxLoadedBytes, UnloadAfter),
        new("Messages", Log),
    ];

    /// <summary>The names of the settings, which are those of the properties, and the options that they set.</summary>
    public static IReadOnlyList<(string Name, Symbol Option)> Settings { get; } =
    [
        (nameof(AphoristServerOptions.Models), Models),
        (nameof(Address), Address),
        (nameof(Port), Port),
        (nameof(AphoristServerOptions.AllowedHosts), AllowHost),
        (nameof(AphoristServerOptions.CorsOrigins), CorsOrigin),
        (nameof(AphoristServerOptions.TrustedProxies), TrustProxy),
        (nameof(AphoristServerOptions.ApiKeyFile), ApiKeyFile),
        (nameof(AphoristServerOptions.Threads), Threads),
        (nameof(AphoristServerOptions.MaxTokens), MaxTokens),
        (nameof(AphoristServerOptions.MaxQueue), Queue),
        (nameof(AphoristServerOptions.MaxRequestBytes), MaxRequestBytes),
        (nameof(AphoristServerOptions.RequestTimeout), Timeout),
        (nameof(AphoristServerOptions.MaxLoadedBytes), MaxLoadedBytes),
        (nameof(AphoristServerOptions.UnloadAfter), UnloadAfter),
        (nameof(Log), Log),
    ];

    /// <summary>What is logged.</summary>
    public static LogLevel ReadLogLevel(ServeSettings settings) => Log.GetValue(settings.SourceOf(Log)) ?? LogLevel.Warning;

    /// <summary>Where to listen.</summary>
    /// <exception cref="UsageException">Other machines can reach the address, and there are no API keys.</exception>
    public static IPEndPoint ReadAddress(ServeSettings settings)
    {
        string named = settings.SourceOf(Address).GetValue(Address) ?? Localhost;
        IPAddress address = Parse(named)!;
        if (!IPAddress.IsLoopback(address) && settings.SourceOf(ApiKeyFile).GetValue(ApiKeyFile) is null)
            throw new UsageException(
                $"Other machines can reach the address {named}: add {ApiKeyFile.Name} FILE, or leave out {Address.Name} to serve this " +
                "machine only.");
        return new(address, Port.GetValue(settings.SourceOf(Port)) ?? 8080);
    }

    /// <summary>The options of the server.</summary>
    public static AphoristServerOptions Read(ServeSettings settings)
    {
        AphoristServerOptions options = new() { ApiKeyFile = settings.SourceOf(ApiKeyFile).GetValue(ApiKeyFile) };
        options.AllowedHosts = settings.SourceOf(AllowHost).GetValue(AllowHost) ?? [];
        options.CorsOrigins = settings.SourceOf(CorsOrigin).GetValue(CorsOrigin) ?? [];
        options.TrustedProxies = settings.SourceOf(TrustProxy).GetValue(TrustProxy) ?? [];
        options.Threads = Threads.GetValue(settings.SourceOf(Threads)) ?? options.Threads;
        options.MaxTokens = MaxTokens.GetValue(settings.SourceOf(MaxTokens)) ?? options.MaxTokens;
        options.MaxQueue = Queue.GetValue(settings.SourceOf(Queue)) ?? options.MaxQueue;
        options.MaxRequestBytes = MaxRequestBytes.GetValue(settings.SourceOf(MaxRequestBytes)) ?? options.MaxRequestBytes;
        options.MaxLoadedBytes = MaxLoadedBytes.GetValue(settings.SourceOf(MaxLoadedBytes)) ?? options.MaxLoadedBytes;
        if (Timeout.GetValue(settings.SourceOf(Timeout)) is double timeout) options.RequestTimeout = TimeSpan.FromSeconds(timeout);
        if (UnloadAfter.GetValue(settings.SourceOf(UnloadAfter)) is double unload) options.UnloadAfter = TimeSpan.FromSeconds(unload);
        return options;
    }

    private static Option<string?> CreateAddress()
    {
        Option<string?> option = new("--address")
        {
            Description = "IP address to listen on. 0.0.0.0 and [::] stand for all addresses of this machine. Default: 127.0.0.1.",
            HelpName = "address",
        };
        option.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens)
                if (Parse(token.Value) is null)
                    result.AddError($"{option.Name} takes an IP address without a port, or {Localhost}, not '{token.Value}'.");
        });
        return option;
    }

    private static IPAddress? Parse(string word) =>
        word.Equals(Localhost, StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
            : AddressText.Parse(word);
}

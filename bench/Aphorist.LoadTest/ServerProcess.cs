using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Aphorist.Server;
using Microsoft.AspNetCore.Builder;

namespace Aphorist.LoadTest;

/// <summary>
/// The server under load, in a process of its own, so that its processor time and memory can be told from those of the clients. It is
/// this program in another role, the command <c>aphorist serve</c>, or a server that runs already.
/// </summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    /// <summary>The first argument of this program as the server.</summary>
    public const string Role = "server";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly HttpClient http;
    private readonly Process? process;
    private readonly bool owned;

    private ServerProcess(Uri address, Process? process, bool owned)
    {
        (Address, this.process, this.owned) = (address, process, owned);
        http = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    /// <summary>The processor time of the server until now; zero if its process is unknown.</summary>
    public TimeSpan Cpu
    {
        get
        {
            process?.Refresh();
            return process?.TotalProcessorTime ?? default;
        }
    }

    /// <summary>The resident memory of the server in MB; 0 if its process is unknown.</summary>
    public double Megabytes
    {
        get
        {
            process?.Refresh();
            return (process?.WorkingSet64 ?? 0) / 1e6;
        }
    }

    /// <summary>Uses a server that runs already.</summary>
    public static ServerProcess Attach(Uri address, int? processId) =>
        new(address, processId is int id ? Process.GetProcessById(id) : null, owned: false);

    /// <summary>Starts a server, and waits until it listens.</summary>
    /// <param name="model">The model file.</param>
    /// <param name="threads">The number of threads that generate; 0 for one per processor.</param>
    /// <param name="queue">The most texts that wait.</param>
    /// <param name="command">The `aphorist` command; null for this program.</param>
    public static async Task<ServerProcess> StartAsync(string model, int threads, int queue, string? command)
    {
        string own = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown.");
        ProcessStartInfo start = new(command ?? own)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        string[] role = command is not null ? ["serve"]
            : Path.GetFileNameWithoutExtension(own) == "dotnet" ? [typeof(ServerProcess).Assembly.Location, Role] : [Role];
        string[] arguments =
        [
            .. role, model, "--address", "127.0.0.1", "--port", "0", "--threads", Text(threads), "--queue", Text(queue), "--max-tokens",
            Text(10_000_000),
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        try
        {
            using CancellationTokenSource limit = new(StartLimit);
            while (await process.StandardOutput.ReadLineAsync(limit.Token).ConfigureAwait(false) is { } line)
            {
                if (AddressPattern().Match(line) is not { Success: true } address) continue;
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return new ServerProcess(new Uri(address.Value), process, owned: true);
            }

            throw new IOException("The server ended before it listened.");
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Runs the server in this process, until standard input ends: its parent may be killed without notice.</summary>
    /// <param name="arguments">The arguments that <see cref="StartAsync"/> passes.</param>
    public static async Task RunAsync(string[] arguments)
    {
        string model = arguments[0];
        Dictionary<string, string> options = arguments.Skip(1).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        AphoristServerOptions server = new()
        {
            Models = [model],
            Threads = Number("--threads"),
            MaxQueue = Number("--queue"),
            MaxTokens = Number("--max-tokens"),
        };
        IPEndPoint address = new(IPAddress.Parse(options["--address"]), Number("--port"));
        await using WebApplication application = AphoristApplication.Create(server, address);
        await application.StartAsync().ConfigureAwait(false);
        Console.WriteLine(application.Urls.Single());
        while (await Console.In.ReadLineAsync().ConfigureAwait(false) is not null) continue;

        int Number(string name) => int.Parse(options[name], CultureInfo.InvariantCulture);
    }

    /// <summary>The sum of the values of a metric; null if there is none.</summary>
    /// <param name="name">A part of its name, such as "generated_tokens".</param>
    public async Task<double?> MetricAsync(string name)
    {
        string text;
        try
        {
            text = await http.GetStringAsync(new Uri("metrics", UriKind.Relative)).ConfigureAwait(false);
        }
        catch (HttpRequestException)
        {
            return null;
        }

        double[] values =
        [
            .. text.Split('\n').Where(line => !line.StartsWith('#') && line.Split('{', ' ')[0].Contains(name, StringComparison.Ordinal))
                .Select(line => Value().Match(line)).Where(match => match.Success)
                .Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)),
        ];
        return values.Length == 0 ? null : values.Sum();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (process is null) return;
        if (owned)
        {
            process.Kill();
            await process.WaitForExitAsync().ConfigureAwait(false);
        }

        process.Dispose();
    }

    [GeneratedRegex(@"https?://[^\s,]+")]
    private static partial Regex AddressPattern();

    // The value of a sample, which a timestamp may follow.
    [GeneratedRegex(@"^[^{ ]+(?:\{.*\})? ([^ ]+)(?: \d+)?\s*$")]
    private static partial Regex Value();
}

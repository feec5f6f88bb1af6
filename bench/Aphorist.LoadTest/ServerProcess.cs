using System.ComponentModel;
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

    /// <summary>The environment variable with which continuations run on the thread that waits for the sockets.</summary>
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

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

    /// <summary>The processor time of the server until now, in seconds; NaN if its process is unknown or has ended.</summary>
    public double CpuSeconds => Read(process => process.TotalProcessorTime.TotalSeconds);

    /// <summary>The resident memory of the server in MB; NaN if its process is unknown or has ended.</summary>
    public double Megabytes => Read(process => process.WorkingSet64 / 1e6);

    /// <summary>Uses a server that runs already.</summary>
    /// <exception cref="IOException">There is no process with this number.</exception>
    public static ServerProcess Attach(Uri address, int? processId)
    {
        try
        {
            return new(address, processId is int id ? Process.GetProcessById(id) : null, owned: false);
        }
        catch (ArgumentException)
        {
            throw new IOException($"There is no process {processId}. Check --pid.");
        }
    }

    /// <summary>Starts a server, and waits until it listens.</summary>
    /// <param name="model">The model file.</param>
    /// <param name="threads">The number of threads that generate; 0 for one per processor.</param>
    /// <param name="queue">The most texts that wait.</param>
    /// <param name="command">The `aphorist` command; null for this program.</param>
    /// <exception cref="IOException">The server cannot be started.</exception>
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
        start.Environment.Remove(InlineCompletions); // It is for the clients.
        Process process = Start(start);
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
        catch (Exception error)
        {
            process.Kill();
            process.Dispose();
            if (error is not OperationCanceledException) throw;
            throw new IOException($"The server does not listen after {StartLimit.TotalSeconds} s.", error);
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

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new IOException($"'{start.FileName}' cannot be started: {error.Message}", error);
        }
    }

    private double Read(Func<Process, double> value)
    {
        if (process is null) return double.NaN;
        try
        {
            process.Refresh();
            return value(process);
        }
        catch (Exception ended) when (ended is InvalidOperationException or Win32Exception)
        {
            return double.NaN;
        }
    }

    [GeneratedRegex(@"https?://[^\s,]+")]
    private static partial Regex AddressPattern();

    // The value of a sample, which a timestamp may follow.
    [GeneratedRegex(@"^[^{ ]+(?:\{.*\})? ([^ ]+)(?: \d+)?\s*$")]
    private static partial Regex Value();
}

using System.Globalization;
using System.Net.Sockets;

namespace Aphorist.LoadTest;

/// <summary>What the user asks for.</summary>
internal sealed class Settings : IDisposable
{
    /// <summary>The number of measurements of each side of a comparison.</summary>
    public const int Rounds = 3;

    public const string Help =
        """
        Measures an Aphorist server under load, with clients on the same machine.

        Usage: Aphorist.LoadTest SCENARIO... [options]

        Scenarios:
          all          all of them
          throughput   characters per second of many texts, time to first character, memory
          batching     many texts at the same time against one after the other, with two models
          prompt       what a prompt of 64,000 characters costs the other texts
          leaving      what texts cost whose clients have left
          slow-reader  what a client that reads 10 characters per second costs the others
          full-queue   1,000 requests at once with a short queue
          streams      throughput and latency with 1, 2, 4, ... 256 texts

        Options:
          --streams N     texts at the same time in `throughput` and `batching` (default: 200)
          --seconds N     length of `throughput`; other measurements take a sixth of it (default: 60)
          --threads N     threads of the server and of GenerateBatch; 0 is one per processor (default: 0)
          --command FILE  the `aphorist` command, which is then the server; by default, this program runs the same library
          --url URL       a server that runs already, for all scenarios but `batching` and `full-queue`; its model should be an LSTM(128)
                          of characters, and its --max-tokens 1000000
          --pid N         the process of that server, without which its processor time and memory are not measured
          --json FILE     writes the figures to a file
          --svg FILE      writes the figures of `streams` as a chart

        The output is a section of Markdown. The exit code is 0 if every figure was measured and is within its limit, 1 if one is not, and
        2 if the call is wrong.
        """;

    // They need other servers than the one at --url: with two models, and with a short queue.
    private static readonly string[] NotWithUrl = ["batching", "full-queue"];

    private string? folder; // for models; null until there is one

    private Settings()
    {
    }

    public IReadOnlyList<string> Scenarios { get; private set; } = [];

    public int Streams { get; private set; } = 200;

    public int Seconds { get; private set; } = 60;

    public int Threads { get; private set; }

    public string? JsonFile { get; private set; }

    public string? ChartFile { get; private set; }

    /// <summary>The length of all measurements but one.</summary>
    public double ShortSeconds => Seconds / 6.0;

    /// <summary>The time in which the runtime compiles the hot methods with full optimization.</summary>
    public TimeSpan WarmUp => TimeSpan.FromSeconds(Math.Min(5, ShortSeconds));

    private string? Command { get; set; }

    private Uri? Url { get; set; }

    private int? ProcessId { get; set; }

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="known">The names of the scenarios.</param>
    /// <exception cref="FormatException">An argument is wrong.</exception>
    public static Settings Parse(string[] arguments, IReadOnlyCollection<string> known)
    {
        List<string> scenarios = [];
        bool all = false;
        Settings settings = new();
        for (int index = 0; index < arguments.Length; index++)
        {
            string argument = arguments[index];
            switch (argument)
            {
                case "--streams": settings.Streams = Number(1, 10_000); break;
                case "--seconds": settings.Seconds = Number(1, 86_400); break;
                case "--threads": settings.Threads = Number(0, 1024); break;
                case "--command": settings.Command = Value(); break;
                case "--url" when Uri.TryCreate(Value(), UriKind.Absolute, out Uri? url) && url.Scheme == "http": settings.Url = url; break;
                case "--url": throw new FormatException("--url needs an address such as http://127.0.0.1:8080.");
                case "--pid": settings.ProcessId = Number(1, int.MaxValue); break;
                case "--json": settings.JsonFile = Value(); break;
                case "--svg": settings.ChartFile = Value(); break;
                case "all": all = true; break;
                case var name when known.Contains(name): scenarios.Add(name); break;
                default: throw new FormatException($"'{argument}' is neither a scenario nor an option. See --help.");
            }

            string Value() => ++index < arguments.Length ? arguments[index] : throw new FormatException($"{argument} needs a value.");

            int Number(int minimum, int maximum)
            {
                bool isNumber = int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out int number);
                return isNumber && number >= minimum && number <= maximum
                    ? number
                    : throw new FormatException($"{argument} needs a number from {minimum} to {maximum}.");
            }
        }

        if (all) scenarios = [.. settings.Url is null ? known : known.Except(NotWithUrl)];
        if (scenarios.Count == 0) throw new FormatException("No scenario is given. See --help.");
        if (settings.Url is not null && scenarios.Find(NotWithUrl.Contains) is { } scenario)
            throw new FormatException($"'{scenario}' starts its own server. Remove --url.");
        if (settings.Url is not null && settings.Command is not null) throw new FormatException("Use either --url or --command.");
        if (settings.Url is null && settings.ProcessId is not null) throw new FormatException("--pid needs --url.");
        if (settings.ChartFile is not null && !scenarios.Contains("streams"))
            throw new FormatException("--svg needs the scenario 'streams'.");
        foreach (string? file in new[] { settings.JsonFile, settings.ChartFile })
        {
            if (file is null || Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file)))) continue;
            throw new FormatException($"The folder of '{file}' does not exist.");
        }

        settings.Scenarios = [.. scenarios.Distinct()];
        return settings;
    }

    /// <summary>Starts a server with a model, or uses the given one.</summary>
    /// <param name="model">The model.</param>
    /// <param name="queue">The most texts that wait; null for enough.</param>
    /// <exception cref="IOException">The server does not start or does not answer.</exception>
    public async Task<ServerProcess> StartServerAsync(TestModel model, int? queue = null)
    {
        folder ??= Directory.CreateTempSubdirectory("aphorist-load").FullName;
        ServerProcess server = Url is null
            ? await ServerProcess.StartAsync(model.Save(folder), Threads, queue ?? 10_000, Command)
            : ServerProcess.Attach(Url, ProcessId);
        try
        {
            // The first request loads the model.
            using HttpConnection connection = await HttpConnection.ConnectAsync(server.Address);
            await connection.SendAsync(model.Request.Bytes(server.Address, 1, 0));
            ResponseHead head = await connection.ReadHeadAsync();
            string answer = await connection.ReadTextAsync();
            if (head.Status == 200) return server;
            throw new IOException($"The server answers with {head.Status}: {answer}");
        }
        catch (Exception error)
        {
            await server.DisposeAsync();
            if (error is not SocketException) throw;
            throw new IOException($"The server at {server.Address} does not answer: {error.Message}", error);
        }
    }

    public void Dispose()
    {
        if (folder is not null) Directory.Delete(folder, recursive: true);
    }
}

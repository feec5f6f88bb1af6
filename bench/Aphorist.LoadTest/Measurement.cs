using System.Diagnostics;

namespace Aphorist.LoadTest;

/// <summary>What happened between two moments while clients were running. Processor times are in seconds.</summary>
internal sealed record Measurement(long From, long To, long Characters, double ServerCpu, double ClientCpu, double[] Megabytes)
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(0.5);

    public double Seconds => Stopwatch.GetElapsedTime(From, To).TotalSeconds;

    public double CharactersPerSecond => Characters / Seconds;

    public double MeanMegabytes => Megabytes.DefaultIfEmpty(double.NaN).Average();

    /// <summary>
    /// The slope of the server's resident memory by least squares, in MB per minute. Only the second half of the samples counts, since the
    /// heap of a new process grows at first.
    /// </summary>
    public double MegabytesPerMinute
    {
        get
        {
            double[] late = Megabytes[(Megabytes.Length / 2)..];
            double center = (late.Length - 1) / 2.0, mean = late.Average();
            double covariance = late.Select((value, index) => (index - center) * (value - mean)).Sum();
            double variance = late.Select((_, index) => (index - center) * (index - center)).Sum();
            return covariance / variance / (Seconds / Megabytes.Length) * 60;
        }
    }

    /// <summary>Measures while clients are running.</summary>
    /// <param name="server">The server.</param>
    /// <param name="clients">The clients.</param>
    /// <param name="until">Ends the measurement.</param>
    public static async Task<Measurement> TakeAsync(ServerProcess server, Clients clients, Task until)
    {
        List<double> memory = [];
        (long from, long characters, double serverCpu, double clientCpu) = Now();
        while (!until.IsCompleted)
        {
            await Task.WhenAny(until, Task.Delay(SampleInterval)).ConfigureAwait(false);
            memory.Add(server.Megabytes);
        }

        await until.ConfigureAwait(false);
        (long to, long lastCharacters, double lastServerCpu, double lastClientCpu) = Now();
        return new(from, to, lastCharacters - characters, lastServerCpu - serverCpu, lastClientCpu - clientCpu, [.. memory]);

        (long, long, double, double) Now()
        {
            using Process self = Process.GetCurrentProcess();
            return (Stopwatch.GetTimestamp(), clients.Characters, server.CpuSeconds, self.TotalProcessorTime.TotalSeconds);
        }
    }

    public static Task<Measurement> TakeAsync(ServerProcess server, Clients clients, double seconds) =>
        TakeAsync(server, clients, Task.Delay(TimeSpan.FromSeconds(seconds)));
}

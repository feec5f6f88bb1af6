using System.Runtime.InteropServices;

namespace Aphorist.Cli.CommandLine;

/// <summary>
/// Ctrl-C and a request to terminate: the first one asks the work to stop in good order, the second one ends the process.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private const string Acknowledgement = "Interrupted: stopping ... Press Ctrl-C again to stop at once.";

    // Most work stops sooner, and then there is nothing to acknowledge.
    private static readonly TimeSpan AcknowledgedAfter = TimeSpan.FromMilliseconds(200);

    // A terminal sends Ctrl-C to this process and to one that started it, which may pass it on: that is one Ctrl-C.
    private static readonly TimeSpan OnePress = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private readonly Timer acknowledgement;
    private long firstSignal;

    public Interruption()
    {
        acknowledgement = new Timer(_ => Acknowledge?.Invoke(Acknowledgement));
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];
    }

    /// <summary>Receives a line for the user if the work continues for a moment after the first signal.</summary>
    public Action<string>? Acknowledge { get; set; }

    /// <summary>
    /// Whether a second signal ends the process at once, as by default. A launcher can send several for one Ctrl-C, and kills the process
    /// itself if it does not end.
    /// </summary>
    public bool EndsOnRepetition { get; set; } = true;

    public CancellationToken Token => source.Token;

    /// <summary>Asks the work to stop, as the first Ctrl-C does.</summary>
    public void Request() => source.Cancel();

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations) registration.Dispose();
        acknowledgement.Dispose();
        source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        long now = Environment.TickCount64, first = Interlocked.CompareExchange(ref firstSignal, now, 0);
        if (first == 0)
        {
            acknowledgement.Change(AcknowledgedAfter, Timeout.InfiniteTimeSpan);
            Request();
        }
        else if (EndsOnRepetition && now - first >= OnePress.TotalMilliseconds)
        {
            // What changed the terminal restores it when the process exits.
            Environment.Exit(ExitCode.Interrupted);
        }
    }
}

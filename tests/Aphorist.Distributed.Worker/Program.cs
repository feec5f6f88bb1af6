using System.Globalization;
using System.Runtime.InteropServices;
using Aphorist.Distributed;
using Aphorist.Distributed.Worker;

// What each rank of a test runs: `Worker FOLDER CASE...` trains cases one after the other and writes what happened to FOLDER/RANK.txt.
// `Worker group CASE TIMEOUT` only exchanges bytes.
if (args[0] == GroupCase.Word) return await GroupCase.RunAsync(args[1], double.Parse(args[2], CultureInfo.InvariantCulture));
string folder = args[0];
string[] cases = args[1..];
using CancellationTokenSource stop = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await MpiProcessGroup.RunAsync(async processes =>
{
    using StreamWriter log = new(Path.Combine(folder, $"{processes.Rank}.txt"));
    foreach (string name in cases) await TrainingCase.Named(name).RunAsync(log, processes, cancellationToken: stop.Token);
    return 0;
});

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

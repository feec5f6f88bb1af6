using Aphorist.Distributed;
using Aphorist.Distributed.Worker;

// What each rank of a test runs: `Worker FOLDER CASE...` trains cases one after the other and writes what happened to FOLDER/RANK.txt.
string folder = args[0];
string[] cases = args[1..];
return await MpiProcessGroup.RunAsync(async processes =>
{
    using StreamWriter log = new(Path.Combine(folder, $"{processes.Rank}.txt"));
    foreach (string name in cases) await TrainingCase.Named(name).RunAsync(log, processes);
    return 0;
});

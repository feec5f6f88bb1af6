using System.Net.Sockets;
using Aphorist.LoadTest;

if (args is [ServerProcess.Role, .. string[] serverArguments])
{
    await ServerProcess.RunAsync(serverArguments);
    return 0;
}

// A continuation runs on the thread that waits for the sockets, which saves the clients a change of threads for every frame.
Environment.SetEnvironmentVariable(ServerProcess.InlineCompletions, "1");

Dictionary<string, Func<Settings, Report, Task>> scenarios = new()
{
    ["throughput"] = ThroughputScenarios.ThroughputAsync,
    ["batching"] = ThroughputScenarios.BatchingAsync,
    ["prompt"] = DisturbanceScenarios.PromptAsync,
    ["leaving"] = DisturbanceScenarios.LeavingAsync,
    ["slow-reader"] = DisturbanceScenarios.SlowReaderAsync,
    ["full-queue"] = DisturbanceScenarios.FullQueueAsync,
    ["streams"] = ThroughputScenarios.StreamsAsync,
};
if (args.Contains("--help") || args.Length == 0)
{
    Console.WriteLine(Settings.Help);
    return args.Length == 0 ? 2 : 0;
}

try
{
    using Settings settings = Settings.Parse(args, scenarios.Keys);
    Report report = new(string.Join(' ', args));
    report.Start();
    foreach (string scenario in settings.Scenarios) await scenarios[scenario](settings, report);
    if (settings.JsonFile is { } file) report.Save(file);
    return report.IsOk ? 0 : 1;
}
catch (FormatException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (Exception error) when (error is IOException or SocketException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

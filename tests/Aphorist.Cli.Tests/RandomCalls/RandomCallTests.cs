using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Aphorist.Cli.Tests.RandomCalls;

/// <summary>
/// Random calls end in order, whatever their words, files and streams are. A failure names the seed; APHORIST_TEST_SEED=seed repeats it.
/// </summary>
public sealed class RandomCallTests(TrainedModel model, ITestOutputHelper output)
{
    private const int Calls = 200;

    [Fact]
    public void RandomCall_AnyWordsFilesAndStreams_EndsInOrderAndChangesNoInput()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The calls use bash, mknod and timeout.");
        string? chosen = Environment.GetEnvironmentVariable("APHORIST_TEST_SEED");
        int seed = chosen is null ? 1 : int.Parse(chosen, CultureInfo.InvariantCulture);
        RandomCall[] calls = [.. Enumerable.Range(0, Calls).Select(index => RandomCall.Create(new Random((seed * Calls) + index)))];
        ConcurrentBag<string> faults = [];
        ConcurrentDictionary<int, int> codes = [];
        Parallel.ForEach(calls, new ParallelOptions { MaxDegreeOfParallelism = 2 }, call =>
        {
            using RandomCallFolder folder = new(model);
            long start = Stopwatch.GetTimestamp();
            CommandResult result = folder.Run(call);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            codes.AddOrUpdate(result.ExitCode, 1, (_, count) => count + 1);
            output.WriteLine($"{result.ExitCode,3} {elapsed.TotalSeconds,5:F1} s  {call}");
            string[] found = [.. FaultsOf(call, result), .. folder.Faults(call)];
            if (found.Length > 0) faults.Add($"{call}\n{string.Join('\n', found)}\n--- error\n{Shortened(result.Error)}");
        });
        string counts = string.Join(", ", codes.OrderBy(code => code.Key).Select(code => $"{code.Key}: {code.Value}"));
        output.WriteLine($"Seed {seed}. Exit codes and calls: {counts}.");
        Assert.True(faults.IsEmpty, $"Seed {seed}: {faults.Count} of {Calls} calls failed.\n\n{string.Join("\n\n", faults)}");
        // Calls that only fail would prove little.
        Assert.InRange(codes.GetValueOrDefault(0), Calls / 10, Calls);
    }

    private static IEnumerable<string> FaultsOf(RandomCall call, CommandResult result)
    {
        // Only long work, and the wait for the other end of a pipe, take so long that they are interrupted.
        bool isLong = call.Line.Contains("pipe", StringComparison.Ordinal)
            || call.Line.StartsWith("train", StringComparison.Ordinal)
            || call.Line.StartsWith("sweep", StringComparison.Ordinal)
            || call.Line.StartsWith("bench", StringComparison.Ordinal);
        if (result.ExitCode == 130 && !isLong) yield return "It did not end within 5 s.";
        if (result.ExitCode == 137) yield return "It did not end when it was interrupted.";
        else if (result.ExitCode is not (0 or 1 or 2 or 130)) yield return $"Its exit code is {result.ExitCode}.";
        if (result.Error.Contains("\n   at ", StringComparison.Ordinal) && !call.Line.Contains("--debug", StringComparison.Ordinal))
            yield return "It wrote a stack trace.";
        if (result.Error.Contains("Unhandled exception", StringComparison.Ordinal)) yield return "It crashed.";
        if (result.Error.Contains("Unexpected error", StringComparison.Ordinal)) yield return "It reports an unexpected error.";
    }

    private static string Shortened(string text) => text.Length <= 1500 ? text : text[..1500] + "...";
}

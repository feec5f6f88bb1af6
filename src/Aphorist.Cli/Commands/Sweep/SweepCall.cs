using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>Carries out a call of `aphorist sweep`.</summary>
/// <param name="plan">The runs.</param>
/// <param name="folder">The sweep's folder.</param>
/// <param name="output">Where to.</param>
internal sealed class SweepCall(SweepPlan plan, string folder, CommandOutput output)
{
    private readonly List<SweepOutcome> outcomes = [];

    /// <summary>Makes the runs that are not finished yet.</summary>
    /// <param name="again">The call as a person types it to go on.</param>
    /// <param name="cancellationToken">Interrupts the sweep.</param>
    public async Task<int> RunAsync(string again, CancellationToken cancellationToken)
    {
        using IDisposable held = SweepFolder.Open(folder);
        try
        {
            await RunAllAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.Result.Flush();
            await output.Console.Error.WriteLineAsync($"Stopped, nothing is lost. Go on with: {again}");
            return ExitCode.Interrupted;
        }

        await TellEndAsync();
        return outcomes.Exists(outcome => outcome.Result is not null) ? ExitCode.Done : ExitCode.Failed;
    }

    private async Task RunAllAsync(CancellationToken cancellationToken)
    {
        SweepRunner runner = new(plan.Runs.Count, output);
        // What is finished already is in the first table.
        SweptRun[] unfinished = [.. plan.Runs.Where(run => !TakeFinished(run))];
        if (unfinished.Length == 0) ShowTable();
        else await SweepTexts.EnsureUnchangedAsync(outcomes.Select(outcome => outcome.Run), output, cancellationToken);
        foreach (SweptRun run in unfinished)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(await runner.RunAsync(run, outcomes.Count + 1, cancellationToken));
            ShowTable();
        }
    }

    private bool TakeFinished(SweptRun run)
    {
        if (SweepResult.Read(run) is not { } result) return false;
        Add(new SweepOutcome(run, result, null));
        return true;
    }

    private void Add(SweepOutcome outcome)
    {
        outcomes.Add(outcome);
        if (output.Json) output.Result.Announce(SweepLine.Of(plan, outcome));
    }

    private void ShowTable()
    {
        SweepFile.Write(folder, plan, outcomes);
        if (!output.Json) SweepTable.Write(output.Result, plan, outcomes);
    }

    private async Task TellEndAsync()
    {
        SweepOutcome best = SweepOutcome.Ranked(outcomes)[0];
        string results = Path.Combine(folder, SweepFile.Name);
        if (output.Json) output.Result.Announce(SweepLine.OfEnd(best, results));
        int done = outcomes.Count(outcome => outcome.Result is not null);
        await output.Notes.WriteLineAsync($"{done} of {plan.Runs.Count} runs are done; {results} has them all.");
        if (best.Result is not null) await output.Notes.WriteLineAsync($"Write with the best: aphorist generate {ShellWord.Of(ModelPath.Of(best.Run.Folder))} --prompt \"...\"");
    }
}

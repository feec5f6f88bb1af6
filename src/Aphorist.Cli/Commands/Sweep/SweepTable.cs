using System.Globalization;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>The runs of a sweep so far, ranked, for people.</summary>
internal static class SweepTable
{
    /// <summary>Writes the table, then a line for each run that failed.</summary>
    public static void Write(TextWriter output, SweepPlan plan, IReadOnlyList<SweepOutcome> outcomes)
    {
        IReadOnlyList<SweepOutcome> ranked = SweepOutcome.Ranked(outcomes);
        bool isValidated = ranked[0].Result?.ValidationLoss is not null;
        string[] header = ["rank", .. plan.Options, isValidated ? "validation loss" : "loss", "bits per character", "parameters", "seconds"];
        IEnumerable<string[]> rows = ranked.Where(outcome => outcome.Result is not null).Select((outcome, place) => Row(place + 1, outcome));
        if (ranked[0].Result is not null) TextTable.Write(output, [header, .. rows]);
        foreach (SweepOutcome failed in ranked.Where(outcome => outcome.Failure is not null)) output.WriteLine($"failed: {failed.Run.Name}: {failed.Failure}");
        output.WriteLine();
        output.Flush();
    }

    private static string[] Row(int rank, SweepOutcome outcome)
    {
        SweepResult result = outcome.Result!;
        return
        [
            rank.ToString(CultureInfo.InvariantCulture), .. outcome.Run.Values, Number(result.ValidationLoss ?? result.Loss, "F4"), Number(result.BitsPerCharacter, "F4"),
            Number(result.Parameters, "N0"), Number(result.Seconds, "F1"),
        ];
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text;
using Aphorist.IO;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>results.csv in a sweep's folder: the runs so far, ranked, one line each; what a run does not have is empty.</summary>
internal static class SweepFile
{
    public const string Name = "results.csv";

    /// <summary>Writes the file anew, beside its place, and renames it.</summary>
    public static void Write(string folder, SweepPlan plan, IReadOnlyList<SweepOutcome> outcomes)
    {
        StringBuilder text = new();
        Append(text, ["rank", "run", "state", .. plan.Options, "loss", "validation_loss", "bits_per_character", "parameters", "seconds", "error"]);
        int rank = 0;
        foreach (SweepOutcome outcome in SweepOutcome.Ranked(outcomes))
        {
            SweepResult? result = outcome.Result;
            Append(
                text,
                [
                    result is null ? "" : Field(++rank), outcome.Run.Name, result is null ? "failed" : "done", .. outcome.Run.Values, Field(result?.Loss), Field(result?.ValidationLoss),
                    Field(result?.BitsPerCharacter), Field(result?.Parameters), Field(result?.Seconds), outcome.Failure ?? "",
                ]);
        }

        AtomicFile.WriteAllText(Path.Combine(folder, Name), text.ToString());
    }

    private static void Append(StringBuilder text, IEnumerable<string> fields) => text.AppendJoin(',', fields.Select(Quoted)).Append('\n');

    private static string Field(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}

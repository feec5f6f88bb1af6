using System.Globalization;
using System.Text;
using Aphorist.Cli.Terminal;
using Aphorist.IO;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>Reports the runs of a sweep: as a table, as JSON lines, and in results.csv.</summary>
internal static class SweepReport
{
    public const string FileName = "results.csv";

    /// <summary>Writes the ranking so far, then one line for each failed run.</summary>
    public static void WriteTable(TextWriter output, SweepPlan plan, IReadOnlyList<SweepOutcome> outcomes)
    {
        IReadOnlyList<SweepOutcome> ranked = SweepOutcome.Ranked(outcomes);
        bool isValidated = ranked[0].Result?.ValidationLoss is not null;
        string loss = isValidated ? "validation loss" : "loss";
        string[] header = ["rank", .. plan.Options, loss, "bits per character", "parameters", "seconds"];
        IEnumerable<SweepOutcome> done = ranked.Where(outcome => outcome.Result is not null);
        IEnumerable<string[]> rows = done.Select((outcome, index) => Row(index + 1, outcome));
        if (ranked[0].Result is not null) TextTable.Write(output, [header, .. rows]);
        foreach (SweepOutcome failed in ranked.Where(outcome => outcome.Failure is not null))
            output.WriteLine($"failed: {failed.Run.Name}: {failed.Failure}");
        output.WriteLine();
        output.Flush();
    }

    /// <summary>One run as a JSON line.</summary>
    public static string Json(SweepPlan plan, SweepOutcome outcome) => JsonLine.Of(json =>
    {
        SweepResult? result = outcome.Result;
        json.WriteString("event", "run");
        json.WriteString("run", outcome.Run.Name);
        json.WriteString("folder", outcome.Run.Folder);
        json.WriteStartObject("options");
        foreach ((string option, string value) in plan.Options.Zip(outcome.Run.Values)) json.WriteString(option, value);
        json.WriteEndObject();
        json.WriteString("state", result is null ? "failed" : "done");
        json.WriteFinite("loss", result?.Loss);
        json.WriteFinite("validationLoss", result?.ValidationLoss);
        json.WriteFinite("bitsPerCharacter", result?.BitsPerCharacter);
        json.WriteFinite("parameters", result?.Parameters);
        json.WriteFinite("seconds", result?.Seconds);
        json.WriteFinite("unknownShare", result?.UnknownShare);
        json.WriteString("error", outcome.Failure);
    });

    /// <summary>The end of the sweep as a JSON line.</summary>
    public static string EndJson(SweepOutcome best, string results) => JsonLine.Of(json =>
    {
        json.WriteString("event", "done");
        json.WriteString("best", best.Result is null ? null : best.Run.Folder);
        json.WriteString("results", results);
    });

    /// <summary>Writes results.csv: the runs so far, ranked. A value that a run does not have is empty.</summary>
    public static void WriteFile(string folder, SweepPlan plan, IReadOnlyList<SweepOutcome> outcomes)
    {
        StringBuilder text = new();
        string[] figures = ["loss", "validation_loss", "bits_per_character", "parameters", "seconds", "unknown_share"];
        AppendLine(text, ["rank", "run", "state", .. plan.Options, .. figures, "error"]);
        int rank = 0;
        foreach (SweepOutcome outcome in SweepOutcome.Ranked(outcomes))
        {
            SweepResult? result = outcome.Result;
            AppendLine(
                text,
                [
                    result is null ? "" : Field(++rank), outcome.Run.Name, result is null ? "failed" : "done", .. outcome.Run.Values,
                    Field(result?.Loss), Field(result?.ValidationLoss), Field(result?.BitsPerCharacter), Field(result?.Parameters),
                    Field(result?.Seconds), Field(result?.UnknownShare),
                    outcome.Failure ?? "",
                ]);
        }

        AtomicFile.WriteAllText(Path.Combine(folder, FileName), text.ToString());
    }

    private static string[] Row(int rank, SweepOutcome outcome)
    {
        SweepResult result = outcome.Result!;
        return
        [
            Field(rank), .. outcome.Run.Values, Number(result.ValidationLoss ?? result.Loss, "F4"), Number(result.BitsPerCharacter, "F4"),
            Number(result.Parameters, "N0"), Number(result.Seconds, "F1"),
        ];
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static void AppendLine(StringBuilder text, IEnumerable<string> fields) =>
        text.AppendJoin(',', fields.Select(Quoted)).Append('\n');

    private static string Field(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}

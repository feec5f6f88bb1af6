using System.Text.Json;
using System.Text.Json.Serialization;
using Aphorist.IO;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>The result of a finished run.</summary>
/// <param name="Loss">Training loss of the best model, in nats per token.</param>
/// <param name="ValidationLoss">Validation loss of the best model, in nats per token; null without a validation set.</param>
/// <param name="BitsPerCharacter">
/// The validation loss, or without one the training loss, in bits per character. Unknown words cost their spelling.
/// </param>
/// <param name="UnknownShare">The share of unknown tokens in the corpus; null for tokenizers without an unknown token.</param>
/// <param name="Parameters">Number of parameters of the model.</param>
/// <param name="Seconds">Seconds of training.</param>
internal sealed record SweepResult(
    double Loss, double? ValidationLoss, double BitsPerCharacter, double? UnknownShare, int Parameters, double Seconds)
{
    private const string FileName = "result.json";

    /// <summary>The result of a run that has just ended.</summary>
    public static SweepResult Of(ActiveTrainingRun run, double? unknownShare, double seconds)
    {
        LanguageModel best = LanguageModel.Load(run.BestModelPath);
        TrainingRecord record = best.Training!;
        double bits = run.GetBitsPerCharacter(record.ValidationLoss ?? record.Loss);
        return new SweepResult(record.Loss, record.ValidationLoss, bits, unknownShare, best.Parameters.Count, seconds);
    }

    /// <summary>
    /// Reads the result in a run folder; null if the run is not finished, or was started with other arguments and may have more to do.
    /// </summary>
    public static SweepResult? Read(SweepRun run)
    {
        string path = Path.Combine(run.Folder, FileName);
        try
        {
            if (!File.Exists(path)) return null;
            FinishedRun? finished = JsonSerializer.Deserialize(File.ReadAllBytes(path), SweepJson.Default.FinishedRun);
            return finished is { Words: not null, Result: not null, Format: FinishedRun.CurrentFormat }
                && finished.Words.SequenceEqual(run.Words) ? finished.Result : null;
        }
        catch (JsonException)
        {
            // Resuming the finished run ends at once and writes the file again.
            return null;
        }
    }

    /// <summary>Writes the result into the run folder.</summary>
    public void Write(SweepRun run)
    {
        FinishedRun finished = new(run.Words, this) { Format = FinishedRun.CurrentFormat };
        string json = JsonSerializer.Serialize(finished, SweepJson.Default.FinishedRun);
        AtomicFile.WriteAllText(Path.Combine(run.Folder, FileName), json + "\n");
    }
}

/// <summary>How a run ended.</summary>
/// <param name="Run">The run.</param>
/// <param name="Result">Its result; null if it failed.</param>
/// <param name="Failure">The error message; null if it did not fail.</param>
internal sealed record SweepOutcome(SweepRun Run, SweepResult? Result, string? Failure)
{
    /// <summary>Sorts by bits per character, which can be compared between tokenizers. Failed runs come last.</summary>
    public static IReadOnlyList<SweepOutcome> Ranked(IEnumerable<SweepOutcome> outcomes) =>
        [.. outcomes.OrderBy(outcome => outcome.Result?.BitsPerCharacter ?? double.PositiveInfinity)];
}

/// <summary>The file result.json of a run.</summary>
/// <param name="Words">The arguments of the run.</param>
/// <param name="Result">Its result.</param>
internal sealed record FinishedRun(IReadOnlyList<string> Words, SweepResult Result)
{
    /// <summary>Increased when a result would mean something else. A run with an older one is resumed, and ends at once.</summary>
    public const int CurrentFormat = 2;

    public int Format { get; init; }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FinishedRun))]
internal sealed partial class SweepJson : JsonSerializerContext;

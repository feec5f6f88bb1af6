using System.Text.Json;
using System.Text.Json.Serialization;
using Aphorist.Cli.Commands.Train;
using Aphorist.IO;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>What a finished run of a sweep reached.</summary>
/// <param name="Loss">Training loss of its best model, in nats per token.</param>
/// <param name="ValidationLoss">Loss of that model on the text held out; null if none is.</param>
/// <param name="BitsPerCharacter">The one or, where there is none, the other loss in bits per character.</param>
/// <param name="Parameters">Parameters of the model.</param>
/// <param name="Seconds">Seconds of training.</param>
internal sealed record SweepResult(double Loss, double? ValidationLoss, double BitsPerCharacter, int Parameters, double Seconds)
{
    private const string FileName = "result.json";

    /// <summary>Measures a run that has just ended.</summary>
    public static SweepResult Of(PreparedRun run, double seconds)
    {
        LanguageModel best = LanguageModel.Load(run.Folder.BestModel);
        TrainingRecord record = best.Training!;
        double bits = (record.ValidationLoss ?? record.Loss) / Math.Log(2) / run.Trainer.CharactersPerToken;
        return new SweepResult(record.Loss, record.ValidationLoss, bits, best.Parameters.Count, seconds);
    }

    /// <summary>The result in a run's folder; null if the run is not finished, or was asked for in other words and so may have more to do.</summary>
    public static SweepResult? Read(SweptRun run)
    {
        string path = Path.Combine(run.Folder, FileName);
        try
        {
            if (!File.Exists(path)) return null;
            FinishedRun? finished = JsonSerializer.Deserialize(File.ReadAllBytes(path), SweepJson.Default.FinishedRun);
            return finished is { Words: not null, Result: not null } && finished.Words.SequenceEqual(run.Words) ? finished.Result : null;
        }
        catch (JsonException)
        {
            // The run's checkpoint tells as much: going on with it ends at once and writes the file anew.
            return null;
        }
    }

    /// <summary>Puts the result into the run's folder.</summary>
    public void Write(SweptRun run) =>
        AtomicFile.WriteAllText(Path.Combine(run.Folder, FileName), JsonSerializer.Serialize(new FinishedRun(run.Words, this), SweepJson.Default.FinishedRun) + "\n");
}

/// <summary>The file result.json of a run.</summary>
/// <param name="Words">The words that asked for the run.</param>
/// <param name="Result">What it reached.</param>
internal sealed record FinishedRun(IReadOnlyList<string> Words, SweepResult Result);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FinishedRun))]
internal sealed partial class SweepJson : JsonSerializerContext;

using System.Globalization;
using System.Text.Json;
using Aphorist.Cli.Terminal;
using Aphorist.Model;
using Aphorist.Storage;
using Aphorist.Text;

namespace Aphorist.Cli.Models;

/// <summary>Tells what a model is and how it came to be.</summary>
internal static class ModelDescription
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static void Write(TextWriter output, ModelFileInfo file, int parameters)
    {
        List<string[]> rows =
        [
            ["file", string.Create(Culture, $"{file.Path} ({file.FileLength:N0} bytes, format {file.FormatVersion})")],
            ["architecture", ArchitectureOf(file.Spec)],
            ["parameters", string.Create(Culture, $"{parameters:N0}")],
            ["vocabulary", $"{file.Vocabulary.Count} characters: {VisibleText.Of(file.Vocabulary.Characters)}"],
            ["text", file.Vocabulary.Normalization.Lowercase ? "lower-cased" : "as it is"],
            .. TrainingRows(file.Training),
            .. file.Tensors.Select(tensor => new[] { "tensor", $"{tensor.Name} {tensor.ShapeText}" }),
        ];
        TextTable.Write(output, rows);
    }

    public static string Json(ModelFileInfo file, int parameters) => JsonLine.Of(json =>
    {
        json.WriteString("file", file.Path);
        json.WriteNumber("bytes", file.FileLength);
        json.WriteString("architecture", ModelFileInfo.KindOf(file.Spec.Architecture));
        json.WriteNumber("hiddenSize", file.Spec.HiddenSize);
        json.WriteNumber("layers", file.Spec.Layers);
        json.WriteNumber("embeddingSize", file.Spec.EmbeddingSize);
        json.WriteNumber("window", file.Spec.Window);
        json.WriteString("gates", GatesOf(file.Spec));
        json.WriteNumber("parameters", parameters);
        json.WriteNumber("vocabularySize", file.Vocabulary.Count);
        json.WriteString("vocabulary", file.Vocabulary.Characters);
        json.WriteBoolean("lowercase", file.Vocabulary.Normalization.Lowercase);
        WriteTraining(json, file.Training);
        json.WriteStartArray("tensors");
        foreach (SafetensorsTensor tensor in file.Tensors) WriteTensor(json, tensor);
        json.WriteEndArray();
    });

    private static string ArchitectureOf(ModelSpec spec)
    {
        string layers = spec.Layers == 1 ? "" : $"{spec.Layers} x ";
        string embedding = spec.EmbeddingSize == 0 ? "" : $"embedding of {spec.EmbeddingSize}, ";
        return $"{layers}{ModelFileInfo.KindOf(spec.Architecture).ToUpperInvariant()}({spec.HiddenSize}), {GatesOf(spec)} gates, {embedding}window of {spec.Window} characters";
    }

    private static string GatesOf(ModelSpec spec) =>
        spec is { Architecture: Architecture.Lstm, Gates: GateActivation.HardSigmoid } ? "hard-sigmoid" : "sigmoid";

    private static IEnumerable<string[]> TrainingRows(TrainingRecord? training)
    {
        if (training is null) return [["training", "none recorded"]];
        string heldOut = training.ValidationLoss is double loss ? string.Create(Culture, $", validation loss {loss:F4}") : "";
        return
        [
            ["corpus", $"{training.Corpus} (SHA-256 {training.CorpusSha256})"],
            ["training", string.Create(Culture, $"{training.Epochs} epochs, loss {training.Loss:F4}{heldOut}")],
            ["preset", $"{training.Preset}, seed {training.Seed}"],
            ["made by", $"Aphorist {training.Version}"],
        ];
    }

    private static void WriteTraining(Utf8JsonWriter json, TrainingRecord? training)
    {
        if (training is null)
        {
            json.WriteNull("training");
            return;
        }

        json.WriteStartObject("training");
        json.WriteString("corpus", training.Corpus);
        json.WriteString("corpusSha256", training.CorpusSha256);
        json.WriteString("preset", training.Preset);
        json.WriteNumber("seed", training.Seed);
        json.WriteNumber("epochs", training.Epochs);
        json.WriteFinite("loss", training.Loss);
        json.WriteFinite("validationLoss", training.ValidationLoss);
        json.WriteString("version", training.Version);
        json.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter json, SafetensorsTensor tensor)
    {
        json.WriteStartObject();
        json.WriteString("name", tensor.Name);
        json.WriteStartArray("shape");
        foreach (long size in tensor.Shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

using System.Globalization;
using System.Text.Json;
using Aphorist.Cli.Terminal;
using Aphorist.Model;

namespace Aphorist.Cli.Models;

/// <summary>Tells what a model is and how it came to be.</summary>
internal static class ModelDescription
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static void Write(TextWriter output, string path, LanguageModel model)
    {
        List<string[]> rows =
        [
            ["file", string.Create(Culture, $"{path} ({new FileInfo(path).Length:N0} bytes)")],
            ["architecture", $"LSTM({model.Spec.HiddenSize}), {GatesOf(model)} gates, window of {model.Spec.Window} characters"],
            ["parameters", string.Create(Culture, $"{model.Parameters.Count:N0}")],
            ["vocabulary", $"{model.Vocabulary.Count} characters: {Shown(model.Vocabulary.Characters)}"],
            ["text", model.Vocabulary.Normalization.Lowercase ? "lower-cased" : "as it is"],
            .. TrainingRows(model.Training),
            .. model.Parameters.Tensors.Select(tensor => new[] { "tensor", $"{tensor.Name} [{string.Join(", ", tensor.Shape)}]" }),
        ];
        TextTable.Write(output, rows);
    }

    public static string Json(string path, LanguageModel model) => JsonLine.Of(json =>
    {
        json.WriteString("file", path);
        json.WriteNumber("bytes", new FileInfo(path).Length);
        json.WriteString("architecture", "lstm");
        json.WriteNumber("hiddenSize", model.Spec.HiddenSize);
        json.WriteNumber("window", model.Spec.Window);
        json.WriteString("gates", GatesOf(model));
        json.WriteNumber("parameters", model.Parameters.Count);
        json.WriteNumber("vocabularySize", model.Vocabulary.Count);
        json.WriteString("vocabulary", model.Vocabulary.Characters);
        json.WriteBoolean("lowercase", model.Vocabulary.Normalization.Lowercase);
        WriteTraining(json, model.Training);
        json.WriteStartArray("tensors");
        foreach (ParameterTensor tensor in model.Parameters.Tensors) WriteTensor(json, tensor);
        json.WriteEndArray();
    });

    private static string GatesOf(LanguageModel model) => model.Spec.Gates == GateActivation.HardSigmoid ? "hard-sigmoid" : "sigmoid";

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

    private static void WriteTensor(Utf8JsonWriter json, ParameterTensor tensor)
    {
        json.WriteStartObject();
        json.WriteString("name", tensor.Name);
        json.WriteStartArray("shape");
        foreach (int size in tensor.Shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The characters in one line: line feeds and tabs as programmers write them.</summary>
    private static string Shown(string characters) =>
        characters.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);
}

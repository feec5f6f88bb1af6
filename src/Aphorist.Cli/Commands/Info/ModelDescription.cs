using System.Globalization;
using System.Text.Json;
using Aphorist.Cli.Terminal;
using Aphorist.Studio.Components;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Info;

/// <summary>Describes a model and its history, as a table or as JSON.</summary>
internal static class ModelDescription
{
    private const int TokensShown = 40, CharactersShown = 60;

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static void Write(TextWriter output, ModelFileInfo file, int parameters)
    {
        List<string[]> rows =
        [
            ["file", string.Create(Culture, $"{file.Path} ({file.FileLength:N0} bytes, format {file.FormatVersion})")],
            ["architecture", ArchitectureOf(file.Spec)],
            ["parameters", string.Create(Culture, $"{parameters:N0}")],
            ["tokenizer", KindOf(file.Tokenizer)],
            ["vocabulary", VocabularyOf(file.Tokenizer)],
            ["text", file.Tokenizer.Normalization.Lowercase ? "lower-cased" : "unchanged"],
            ["trained for", ModeOf(file)],
            .. OriginRows(file.Origin, file.Optimizer),
            .. TrainingRows(file.Training),
            .. file.Tensors.Select(tensor => new[] { "tensor", $"{tensor.Name} {tensor.ShapeText}" }),
        ];
        TextTable.Write(output, rows);
    }

    public static string Json(ModelFileInfo file, int parameters) => JsonLine.Of(json =>
    {
        json.WriteString("file", file.Path);
        json.WriteNumber("bytes", file.FileLength);
        json.WriteString("architecture", KindOf(file.Spec));
        if (ResetGateOf(file.Spec) is string reset) json.WriteString("resetGate", reset);
        if (file.Spec.Architecture == Architecture.Convolution) json.WriteNumber("kernelSize", file.Spec.KernelSize);
        json.WriteNumber("hiddenSize", file.Spec.HiddenSize);
        json.WriteNumber("layers", file.Spec.Layers);
        json.WriteNumber("embeddingSize", file.Spec.EmbeddingSize);
        json.WriteBoolean("tiedEmbedding", file.Spec.TiedEmbedding);
        // Convolutions are always residual.
        if (file.Spec.Architecture != Architecture.Convolution) json.WriteBoolean("residual", file.Spec.Residual);
        json.WriteBoolean("layerNormalization", file.Spec.LayerNormalization);
        json.WriteNumber("window", file.Spec.Window);
        if (file.Spec.Architecture == Architecture.Rnn) json.WriteString("activation", NameOf(file.Spec.Activation));
        else json.WriteString("gates", GatesOf(file.Spec));
        json.WriteString("mode", file.TrainedMode == GenerationMode.Window ? "window" : "stateful");
        json.WriteNumber("parameters", parameters);
        json.WriteString("tokenizer", KindOf(file.Tokenizer));
        json.WriteNumber("vocabularySize", file.Tokenizer.VocabularySize);
        WriteVocabulary(json, file.Tokenizer);
        json.WriteBoolean("lowercase", file.Tokenizer.Normalization.Lowercase);
        WriteOrigin(json, file.Origin, file.Optimizer);
        WriteTraining(json, file.Training);
        json.WriteStartArray("tensors");
        foreach (SafetensorsTensor tensor in file.Tensors) WriteTensor(json, tensor);
        json.WriteEndArray();
    });

    private static string ArchitectureOf(ModelSpec spec)
    {
        string reset = ResetGateOf(spec) is string place ? $"reset gate {place} the product, " : "";
        string activation = spec.Architecture == Architecture.Rnn ? $"{NameOf(spec.Activation)} activation" : $"{GatesOf(spec)} gates";
        return $"{ModelShape.Of(spec)}, {activation}, {reset}window of {Plural.Of(spec.Window, "token")}";
    }

    private static string KindOf(ModelSpec spec) => spec.Architecture switch
    {
        Architecture.Lstm => "lstm",
        Architecture.Gru => "gru",
        Architecture.Rnn => "rnn",
        _ => "convolution",
    };

    private static string KindOf(Tokenizer tokenizer) => tokenizer.Kind.ToString().ToLowerInvariant();

    private static string VocabularyOf(Tokenizer tokenizer) => tokenizer.Kind switch
    {
        TokenizerKind.Characters => string.Create(Culture, $"{tokenizer.VocabularySize:N0} characters: {CharactersOf(tokenizer)}"),
        TokenizerKind.Words => string.Create(Culture, $"{tokenizer.VocabularySize:N0} tokens, most frequent first: {FirstOf(tokenizer)}"),
        _ => $"the {tokenizer.VocabularySize} bytes",
    };

    /// <summary>
    /// All characters, or the first and the last ones by code point: the last ones show the script if the first ones are ASCII.
    /// </summary>
    private static string CharactersOf(Tokenizer tokenizer)
    {
        int count = tokenizer.VocabularySize, half = CharactersShown / 2;
        return count <= CharactersShown ? Range(0, count) : $"{Range(0, half)} ... {Range(count - half, half)}";

        string Range(int first, int length) =>
            VisibleText.Of(string.Concat(Enumerable.Range(first, length).Select(tokenizer.GetText)));
    }

    private static string FirstOf(Tokenizer tokenizer)
    {
        string first = string.Join(
            ' ', Enumerable.Range(0, Math.Min(tokenizer.VocabularySize, TokensShown)).Select(tokenizer.GetDisplayText));
        return tokenizer.VocabularySize > TokensShown ? $"{first} ..." : first;
    }

    private static IEnumerable<string> TokensOf(Tokenizer tokenizer) =>
        Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.GetText);

    private static void WriteVocabulary(Utf8JsonWriter json, Tokenizer tokenizer)
    {
        IEnumerable<string> tokens = TokensOf(tokenizer);
        if (tokenizer.Kind == TokenizerKind.Characters) json.WriteString("vocabulary", string.Concat(tokens));
        if (tokenizer.Kind != TokenizerKind.Words) return;
        json.WriteStartArray("tokens");
        foreach (string token in tokens) json.WriteStringValue(token);
        json.WriteEndArray();
    }

    /// <summary>The name of the gate activation.</summary>
    public static string GatesOf(ModelSpec spec) =>
        spec.Gates == GateActivation.HardSigmoid ? "hard-sigmoid" : "sigmoid";

    /// <summary>The name of the activation of an RNN.</summary>
    public static string NameOf(Activation activation) => activation == Activation.Relu ? "relu" : "tanh";

    private static string ModeOf(ModelFileInfo file) => file.TrainedMode == GenerationMode.Window
        ? $"windows of {Plural.Of(file.Spec.Window, "token")}: 'aphorist generate' uses --mode window by default"
        : "a carried state: 'aphorist generate' uses --mode stateful by default";

    private static string? ResetGateOf(ModelSpec spec) =>
        spec.Architecture != Architecture.Gru ? null : spec.ResetGate == ResetGate.Before ? "before" : "after";

    private static string StepsOf(StoredOptimizer state) =>
        state.Steps == 0 ? "" : string.Create(Culture, $" after {state.Steps:N0} steps");

    private static IEnumerable<string[]> OriginRows(ModelOrigin? origin, StoredOptimizer? state)
    {
        if (origin is null) return [];
        string rate = origin.LearningRate is double number ? string.Create(Culture, $", learning rate {number:G4}") : "";
        string optimizer = origin.Optimizer is null ? "" : $", trained with {origin.Optimizer}{rate}";
        return
        [
            ["imported", $"from {origin.File} of {origin.Program}{(origin.Version is null ? "" : $" {origin.Version}")}{optimizer}"],
            .. state is null
                ? (ReadOnlySpan<string[]>)[]
                : [["optimizer", $"{origin.Optimizer} state{StepsOf(state)}: 'aphorist train --from' continues with it"]],
        ];
    }

    private static void WriteOrigin(Utf8JsonWriter json, ModelOrigin? origin, StoredOptimizer? state)
    {
        if (origin is null)
        {
            json.WriteNull("origin");
            return;
        }

        json.WriteStartObject("origin");
        json.WriteString("program", origin.Program);
        json.WriteString("version", origin.Version);
        json.WriteString("file", origin.File);
        json.WriteString("optimizer", origin.Optimizer);
        json.WriteFinite("learningRate", origin.LearningRate);
        if (state is null) json.WriteNull("optimizerSteps");
        else json.WriteNumber("optimizerSteps", state.Steps);
        json.WriteEndObject();
    }

    private static IEnumerable<string[]> TrainingRows(TrainingRecord? training)
    {
        if (training is null) return [["training", "none recorded"]];
        string heldOut = training.ValidationLoss is double loss ? string.Create(Culture, $", validation loss {loss:F4}") : "";
        return
        [
            ["corpus", $"{training.Corpus} (SHA-256 {training.CorpusSha256})"],
            [
                "training",
                string.Create(Culture, $"{Plural.Of(training.Epochs, "epoch")}, loss {training.Loss:F4}{heldOut}"),
            ],
            ["preset", $"{training.Preset}, seed {training.Seed}"],
            ["created by", $"Aphorist {training.Version}"],
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

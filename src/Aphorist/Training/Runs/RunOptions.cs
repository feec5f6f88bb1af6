using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Aphorist.IO;
using Aphorist.Storage;
using Aphorist.Training.Runs;

namespace Aphorist.Training;

/// <summary>Everything that decides what a run computes: the file options.json of a run folder, from which the run can be started again.</summary>
public sealed record RunOptions
{
    /// <summary>See <see cref="RunFormat"/>.</summary>
    [JsonInclude]
    internal int FormatVersion { get; init; } = RunFormat.Current;

    /// <summary>The corpus as it was asked for: names, files, folders or patterns.</summary>
    public required IReadOnlyList<string> Corpus { get; init; }

    /// <summary>The SHA-256 of the normalised corpus, in lower-case hexadecimal.</summary>
    public required string CorpusSha256 { get; init; }

    /// <summary>The text to measure on as it was asked for: a name, a file, a folder or a pattern; null where a part of the corpus, or nothing, is held out.</summary>
    public string? ValidationText { get; init; }

    /// <summary>The SHA-256 of that text, normalised as the corpus is; null if there is none.</summary>
    public string? ValidationSha256 { get; init; }

    /// <summary>The encoding that was asked for; null for the default.</summary>
    public string? Encoding { get; init; }

    /// <summary>Whether the corpus is lower-cased.</summary>
    public required bool Lowercase { get; init; }

    /// <summary>The preset the options started from.</summary>
    public required string Preset { get; init; }

    /// <summary>How the text is cut into tokens. Characters where the file does not say.</summary>
    public TokenizerOptions Tokenizer { get; init; } = new();

    /// <summary>The model that the run went on from, as it was asked for; null for one that began anew.</summary>
    public string? From { get; init; }

    /// <summary>The model's shape.</summary>
    public required ModelSpec Model { get; init; }

    /// <summary>How it is trained.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Reads options.json.</summary>
    /// <exception cref="IOException">The file is missing or damaged, or a newer version of this library wrote it.</exception>
    public static RunOptions Read(string path)
    {
        RunOptions options = Parse(path);
        return options.FormatVersion <= RunFormat.Current
            ? options with { FormatVersion = RunFormat.Current, Model = RunFormat.Meant(options.Model, options.FormatVersion) }
            : throw new IOException($"The options of the run, '{path}', have the format version {options.FormatVersion} and this program reads up to {RunFormat.Current}: update Aphorist, or start a new run.");
    }

    /// <summary>Writes options.json, indented for people.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Write(string path) => AtomicFile.WriteAllText(path, JsonSerializer.Serialize(this, RunOptionsContext.Readable) + "\n");

    /// <summary>
    /// Checks that a run begun with these options can go on with others. The number of epochs, the threads and the checkpoint interval may
    /// change, since none of them changes what an epoch computes; so may the way to the corpus, as long as the text is the same.
    /// </summary>
    /// <param name="requested">The options to go on with.</param>
    /// <exception cref="ArgumentException">Another option, or the corpus, is different; the message names it.</exception>
    public void EnsureSame(RunOptions requested)
    {
        ArgumentNullException.ThrowIfNull(requested);
        Check("--lowercase", Lowercase ? "true" : "false", requested.Lowercase ? "true" : "false");
        Check("--preset", Preset, requested.Preset);
        CheckTokenizer(requested.Tokenizer);
        Check("--architecture", Spell(Model.Architecture), Spell(requested.Model.Architecture));
        Check("--hidden", Model.HiddenSize, requested.Model.HiddenSize);
        Check("--layers", Model.Layers, requested.Model.Layers);
        Check("--kernel", Model.KernelSize, requested.Model.KernelSize);
        Check("--embedding", Model.EmbeddingSize, requested.Model.EmbeddingSize);
        Check("--tied", Model.TiedEmbedding ? "true" : "false", requested.Model.TiedEmbedding ? "true" : "false");
        Check("--residual", Model.Residual ? "true" : "false", requested.Model.Residual ? "true" : "false");
        Check("--layer-normalization", Model.LayerNormalization ? "true" : "false", requested.Model.LayerNormalization ? "true" : "false");
        Check("--window", Model.Window, requested.Model.Window);
        Check("--gates", Spell(Model.Gates), Spell(requested.Model.Gates));
        Check("--reset", Spell(Model.ResetGate), Spell(requested.Model.ResetGate));
        Check("--objective", Spell(Training.Objective), Spell(requested.Training.Objective));
        Check("--step", Training.Stride, requested.Training.Stride);
        Check("--sequence", Training.SequenceLength, requested.Training.SequenceLength);
        Check("--batch", Training.BatchSize, requested.Training.BatchSize);
        Check("--optimizer", Spell(Training.Optimizer), Spell(requested.Training.Optimizer));
        Check("--learning-rate", Training.LearningRate, requested.Training.LearningRate);
        Check("--schedule", Spell(Training.Schedule), Spell(requested.Training.Schedule));
        if (Training.Schedule == LearningRateSchedule.Cosine) Check("--epochs", Training.Epochs, requested.Training.Epochs);
        Check("--warm-up", Training.WarmUpSteps, requested.Training.WarmUpSteps);
        Check("--weight-decay", Training.WeightDecay, requested.Training.WeightDecay);
        Check("--clip-norm", Training.ClipNorm, requested.Training.ClipNorm);
        Check("--clip-value", Training.ClipValue, requested.Training.ClipValue);
        Check("--average", Training.EmaDecay, requested.Training.EmaDecay);
        Check("--dropout", Training.Dropout, requested.Training.Dropout);
        // A text to measure on takes the place of a share, so it is the text that was asked for.
        if (ValidationText is null || requested.ValidationText is null) Check("--validation-text", ValidationText ?? "none", requested.ValidationText ?? "none");
        Check("--validation", Training.ValidationShare, requested.Training.ValidationShare);
        Check("--seed", Training.Seed, requested.Training.Seed);
        Check("--divergence-guard", Training.DivergenceGuard, requested.Training.DivergenceGuard);
        CheckText("corpus", CorpusSha256, requested.CorpusSha256);
        CheckText("validation text", ValidationSha256, requested.ValidationSha256);
    }

    private static RunOptions Parse(string path)
    {
        try
        {
            JsonNode? json = JsonNode.Parse(File.ReadAllBytes(path), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (json is JsonObject options) options.TryAdd("tokenizer", new JsonObject());
            AddMissing(json?["tokenizer"], JsonSerializer.SerializeToNode(new TokenizerOptions(), RunOptionsContext.Default.TokenizerOptions));
            AddMissing(json?["model"], JsonSerializer.SerializeToNode(new ModelSpec(), RunOptionsContext.Default.ModelSpec));
            AddMissing(json?["training"], JsonSerializer.SerializeToNode(new TrainingOptions(), RunOptionsContext.Default.TrainingOptions));
            return json.Deserialize(RunOptionsContext.Default.RunOptions) ?? throw new JsonException();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            string place = (exception as JsonException)?.Path is { Length: > 0 } at ? $" at {at}" : "";
            throw new IOException($"The options of the run, '{path}', are damaged{place}: mend the file, or start a new run.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Cannot read the options of the run: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    private void CheckTokenizer(TokenizerOptions requested)
    {
        Check("--tokenizer", Spell(Tokenizer.Kind), Spell(requested.Kind));
        if (Tokenizer.Kind != TokenizerKind.Words) return;
        Check("--vocabulary-size", Tokenizer.VocabularySize, requested.VocabularySize);
        Check("--minimum-count", Tokenizer.MinimumCount, requested.MinimumCount);
    }

    private static void CheckText(string text, string? begun, string? requested)
    {
        if (begun == requested) return;
        throw new ArgumentException($"The {text} is not the one this run began with (SHA-256 {requested} instead of {begun}): bring the text back, or start a new run.");
    }

    // The generated serializer gives an option that an older version did not write the value 0 instead of its default.
    private static void AddMissing(JsonNode? options, JsonNode? defaults)
    {
        if (options is not JsonObject target) return;
        foreach ((string name, JsonNode? value) in defaults!.AsObject())
            if (!target.ContainsKey(name)) target[name] = value?.DeepClone();
    }

    private static string Spell(Enum value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static void Check<T>(string option, T begun, T requested)
    {
        if (EqualityComparer<T>.Default.Equals(begun, requested)) return;
        string values = string.Create(CultureInfo.InvariantCulture, $"{begun}, not with {requested}");
        throw new ArgumentException($"This run began with {option} {values}: leave the option out to resume it, or start a new run.");
    }
}

/// <summary>The serializer of options.json, generated when the library is compiled so that trimming and AOT keep it.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    Converters = [typeof(KebabCaseEnum<TokenizerKind>), typeof(KebabCaseEnum<GateActivation>), typeof(KebabCaseEnum<Architecture>), typeof(KebabCaseEnum<ResetGate>), typeof(KebabCaseEnum<Objective>), typeof(KebabCaseEnum<OptimizerKind>), typeof(KebabCaseEnum<LearningRateSchedule>)])]
[JsonSerializable(typeof(RunOptions))]
internal sealed partial class RunOptionsContext : JsonSerializerContext
{
    /// <summary>For writing: letters of every script stay letters.</summary>
    public static JsonTypeInfo<RunOptions> Readable => field ??= (JsonTypeInfo<RunOptions>)
        new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }.GetTypeInfo(typeof(RunOptions));
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Aphorist.IO;
using Aphorist.Storage;
using Aphorist.Training.Runs;

namespace Aphorist.Training;

/// <summary>
/// Everything that decides what a training run computes. A run folder holds it as options.json, from which the run can be repeated.
/// </summary>
public sealed record TrainingRunOptions
{
    internal const int CurrentFormatVersion = 1;

    internal const string StandardInputName = "-";

    [JsonInclude]
    [JsonRequired]
    internal int FormatVersion { get; init; } = CurrentFormatVersion;

    /// <summary>
    /// The training corpus: catalog names, files, folders, globs, or <c>-</c> for standard input. The options of a run on disk have
    /// absolute paths. There a name of the catalog begins with <c>catalog:</c>, and <c>-</c> is the copy of standard input in the run
    /// folder, if there is one.
    /// </summary>
    public required IReadOnlyList<string> Corpus { get; init; }

    /// <summary>The SHA-256 of the normalized corpus in lower-case hexadecimal. Null until the run is created.</summary>
    [JsonInclude]
    [JsonRequired]
    public string? CorpusSha256 { get; internal init; }

    /// <summary>
    /// A separate validation text: a catalog name, a file, a folder or a glob. It is decoded and normalized like the corpus. Null, the
    /// default, to use the end of the corpus (see <see cref="TrainingOptions.ValidationShare"/>) or nothing.
    /// </summary>
    public string? ValidationText { get; init; }

    /// <summary>
    /// The SHA-256 of the normalized validation text in lower-case hexadecimal. Null if there is none, or until the run is created.
    /// </summary>
    [JsonInclude]
    public string? ValidationSha256 { get; internal init; }

    /// <summary>
    /// The encoding of the texts, see <see cref="CorpusOptions.Encoding"/>. Null, the default, for UTF-8 or what a byte order mark says.
    /// </summary>
    public string? Encoding { get; init; }

    /// <summary>
    /// Whether the texts are lower-cased. False by default. With <see cref="From"/> it is what the model was trained with.
    /// </summary>
    public bool Lowercase { get; init; }

    /// <summary>The name of the preset that the options come from, see <see cref="TrainingOptions.Preset"/>.</summary>
    public string Preset => Training.Preset;

    /// <summary>
    /// The stream to read if a text is <c>-</c>. Null, the default, for the standard input of the process. It is not saved.
    /// </summary>
    [JsonIgnore]
    public Stream? StandardInput { get; init; }

    /// <summary>How the text is split into tokens. Characters by default. With <see cref="From"/> it is the model's kind.</summary>
    public TokenizerOptions Tokenizer { get; init; } = new();

    /// <summary>
    /// The model to start from, for fine-tuning: a model file, or the folder of a run for its best model. New characters or words of the
    /// corpus are added to its vocabulary. Null, the default, for random weights.
    /// </summary>
    public string? From { get; init; }

    /// <summary>
    /// The shape of the model. <see cref="ModelSpec.Quick"/> by default. With <see cref="From"/> it is that model's shape.
    /// </summary>
    public ModelSpec Model { get; init; } = ModelSpec.Quick;

    /// <summary>How the model is trained. <see cref="TrainingOptions.Quick"/> by default.</summary>
    public TrainingOptions Training { get; init; } = TrainingOptions.Quick;

    /// <summary>
    /// Whether the program that trains the run generates samples during training, see <see cref="ActiveTrainingRun.WriteSample"/>.
    /// Training itself generates none. True by default. It may change when the run is resumed.
    /// </summary>
    public bool Samples { get; init; } = true;

    /// <summary>
    /// How the program that trains the run shows samples. Null, the default, for <see cref="SampleStyle.Notebook"/> with the preset
    /// notebook and <see cref="SampleStyle.Excerpt"/> with others. It may change when the run is resumed.
    /// </summary>
    public SampleStyle? SampleStyle { get; init; }

    /// <summary>Whether the run started from a model that cannot be created again from the options.</summary>
    [JsonInclude]
    internal bool HasStartModel { get; init; }

    /// <summary>The largest standard input, in bytes, of which the run folder gets a copy.</summary>
    [JsonIgnore]
    internal long MaxInputCopyBytes { get; init; } = 256L << 20;

    /// <summary>Gets whether a text comes from standard input, or from its copy in the run folder.</summary>
    [JsonIgnore]
    public bool ReadsStandardInput => ValidationText == StandardInputName || Corpus.Contains(StandardInputName);

    /// <summary>Whether the texts were given in memory, so that they cannot be opened again.</summary>
    internal bool HasTextsInMemory => HasStartModel && From is null;

    internal CorpusOptions CorpusOptions => new() { Encoding = Encoding, Lowercase = Lowercase };

    /// <summary>Creates the options of a preset.</summary>
    /// <param name="preset">The preset.</param>
    /// <param name="corpus">The corpus: catalog names, files, folders or globs.</param>
    public static TrainingRunOptions FromPreset(Preset preset, params IReadOnlyList<string> corpus)
    {
        ArgumentNullException.ThrowIfNull(preset);
        ArgumentNullException.ThrowIfNull(corpus);
        return new() { Corpus = corpus, Lowercase = preset.Lowercase, Model = preset.Model, Training = preset.Training };
    }

    /// <summary>Reads options.json.</summary>
    /// <exception cref="TrainingRunException">The file is missing, damaged, or of another format version.</exception>
    internal static TrainingRunOptions Read(string path)
    {
        try
        {
            JsonNode? json = JsonNode.Parse(
                File.ReadAllBytes(path), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
            EnsureVersion(path, json);
            if (json is JsonObject options)
            {
                options.TryAdd("tokenizer", new JsonObject());
                options.TryAdd("samples", true);
            }

            AddMissing(json?["tokenizer"], JsonSerializer.SerializeToNode(new TokenizerOptions(), RunJson.Default.TokenizerOptions));
            AddMissing(json?["model"], JsonSerializer.SerializeToNode(new ModelSpec(), RunJson.Default.ModelSpec));
            AddMissing(json?["training"], JsonSerializer.SerializeToNode(new TrainingOptions(), RunJson.Default.TrainingOptions));
            TrainingRunOptions? read = json.Deserialize(RunJson.Default.TrainingRunOptions);
            return read?.CorpusSha256 is null ? throw new JsonException() : read;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            string place = (exception as JsonException)?.Path is { Length: > 0 } at ? $" at {at}" : "";
            throw new TrainingRunException(
                $"The options of the run, '{path}', are damaged{place}. Fix the file, or start a new run.", path, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TrainingRunException($"Cannot read the options of the run: {exception.Message.TrimEnd('.')}.", path, exception);
        }
    }

    /// <summary>Writes options.json, indented for people.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal void Write(string path) => AtomicFile.WriteAllText(path, JsonSerializer.Serialize(this, RunJson.Readable) + "\n");

    /// <summary>Checks every option and combination of options that can be checked without reading a text.</summary>
    /// <exception cref="InvalidOptionsException">An option is out of range, or contradicts another one.</exception>
    public void Validate()
    {
        if (Corpus.Count == 0) throw new InvalidOptionsException("Corpus is empty. Name at least one text.", nameof(Corpus));
        if (ValidationText == StandardInputName && Corpus.Contains(StandardInputName))
        {
            throw new InvalidOptionsException(
                "Corpus and ValidationText cannot both be standard input. Use a file for one of them.", nameof(ValidationText));
        }

        Model.Validate();
        Training.Validate();
        if (Training.ValidationShare > 0 || ValidationText is not null) return;
        string? unused = Training.ValidationInterval > 0 ? nameof(TrainingOptions.ValidationInterval)
            : Training.MaxValidationTokens is not null ? nameof(TrainingOptions.MaxValidationTokens)
            : null;
        if (unused is null) return;
        throw new InvalidOptionsException(
            $"{unused} needs validation data. Set ValidationShare or ValidationText, or leave it out.", unused);
    }

    /// <summary>
    /// Checks that a run started with these options can be resumed with others. Only options that do not change what an epoch computes may
    /// differ, and the paths of the texts if their content is the same.
    /// </summary>
    /// <exception cref="InvalidOptionsException">Another option or text differs. The message names it.</exception>
    internal void EnsureSameRun(TrainingRunOptions requested)
    {
        RunIdentity.EnsureSame(nameof(Lowercase), Lowercase, requested.Lowercase);
        RunIdentity.EnsureSame(nameof(Preset), Preset, requested.Preset);
        RunIdentity.EnsureSame(nameof(Tokenizer), Tokenizer.Kind, requested.Tokenizer.Kind);
        // Other tokenizers do not use the size of a vocabulary of words.
        if (Tokenizer.Kind == TokenizerKind.Words) RunIdentity.EnsureSame(RunJson.Default.TokenizerOptions, Tokenizer, requested.Tokenizer);
        // With a validation text instead of a share, the share differs too, but the text is what was asked for.
        if (ValidationText is null || requested.ValidationText is null)
            RunIdentity.EnsureSame(nameof(ValidationText), ValidationText, requested.ValidationText);
        Identity.EnsureSame(requested.Identity);
    }

    internal RunIdentity Identity => RunIdentity.Create(CorpusSha256 ?? "", ValidationSha256, Model, Training);

    private static void EnsureVersion(string path, JsonNode? json)
    {
        if (json is not JsonObject || json["formatVersion"] is not { } version) return;
        if (version.GetValue<int>() == CurrentFormatVersion) return;
        throw new TrainingRunException(
            $"The options of the run, '{path}', have format version {version}, "
            + $"but this version of Aphorist reads version {CurrentFormatVersion}. Use the version that wrote the run, or start a new run.",
            path);
    }

    // The generated serializer sets an option that is not in the file to 0 instead of its default.
    private static void AddMissing(JsonNode? options, JsonNode? defaults)
    {
        if (options is not JsonObject target) return;
        foreach ((string name, JsonNode? value) in defaults!.AsObject())
            if (!target.ContainsKey(name)) target[name] = value?.DeepClone();
    }
}

/// <summary>How samples are shown while a model is trained.</summary>
public enum SampleStyle
{
    /// <summary>The start of one sample, not after every epoch if epochs are short.</summary>
    Excerpt,

    /// <summary>Samples at four temperatures after every epoch, as in the notebook.</summary>
    Notebook,
}

/// <summary>The serializer of options.json, generated at compile time so that trimming and AOT keep it.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(KebabCaseEnum<TokenizerKind>), typeof(KebabCaseEnum<GateActivation>), typeof(KebabCaseEnum<Architecture>),
        typeof(KebabCaseEnum<ResetGate>), typeof(KebabCaseEnum<Activation>), typeof(KebabCaseEnum<Objective>),
        typeof(KebabCaseEnum<OptimizerKind>), typeof(KebabCaseEnum<LearningRateSchedule>), typeof(KebabCaseEnum<SampleStyle>),
    ])]
[JsonSerializable(typeof(TrainingRunOptions))]
internal sealed partial class RunJson : JsonSerializerContext
{
    /// <summary>For writing: letters of every script are not escaped.</summary>
    public static JsonTypeInfo<TrainingRunOptions> Readable => field ??= (JsonTypeInfo<TrainingRunOptions>)
        new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }.GetTypeInfo(
            typeof(TrainingRunOptions));
}

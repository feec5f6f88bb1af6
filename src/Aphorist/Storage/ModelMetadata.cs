using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Aphorist.Text.Tokenizers;

namespace Aphorist.Storage;

/// <summary>The description of a model: the JSON document under the key <c>aphorist</c> of a model file's metadata.</summary>
internal sealed record ModelMetadata
{
    public required int FormatVersion { get; init; }

    public required ArchitectureMetadata Architecture { get; init; }

    public required TokenizerMetadata Tokenizer { get; init; }

    public required NormalizationMetadata Normalization { get; init; }

    /// <summary>Null means stateful.</summary>
    public GenerationMode? TrainedMode { get; init; }

    public TrainingRecord? Training { get; init; }

    public ModelOrigin? Origin { get; init; }

    public StoredOptimizer? Optimizer { get; init; }

    public required string AphoristVersion { get; init; }

    /// <summary>Describes a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="withOptimizer">Whether to describe the optimizer state. The file must then contain its tensors.</param>
    public static ModelMetadata Of(LanguageModel model, bool withOptimizer)
    {
        ModelSpec spec = model.Spec;
        return new()
        {
            FormatVersion = ModelFileInfo.CurrentFormatVersion,
            Architecture = new ArchitectureMetadata
            {
                Kind = spec.Kind.StoredName(spec),
                HiddenSize = spec.HiddenSize,
                Layers = spec.Layers,
                EmbeddingSize = spec.EmbeddingSize,
                TiedEmbedding = spec.TiedEmbedding ? true : null,
                LayerNormalization = spec.LayerNormalization ? true : null,
                KernelSize = spec.Kind.HasKernelSize ? spec.KernelSize : null,
                Window = spec.Window,
                Gates = spec.Gates,
            },
            Tokenizer = StoredTokenizer.Describe(model.Tokenizer),
            Normalization = new NormalizationMetadata { Lowercase = model.Tokenizer.Normalization.Lowercase },
            TrainedMode = model.TrainedMode == GenerationMode.Stateful ? null : model.TrainedMode,
            Training = model.Training,
            Origin = model.Origin,
            Optimizer = withOptimizer && model.OptimizerState is { } state ? new() { Steps = state.Steps, Moments = state.Moments } : null,
            AphoristVersion = ModelFileInfo.LibraryVersion,
        };
    }

    public string ToJson() => JsonSerializer.Serialize(this, ModelMetadataContext.Readable);
}

internal sealed record ArchitectureMetadata
{
    public required string Kind { get; init; }

    public required int HiddenSize { get; init; }

    /// <summary>Null means 1.</summary>
    public int? Layers { get; init; }

    /// <summary>Null means 0.</summary>
    public int? EmbeddingSize { get; init; }

    /// <summary>Null means false.</summary>
    public bool? TiedEmbedding { get; init; }

    /// <summary>Null means false.</summary>
    public bool? LayerNormalization { get; init; }

    /// <summary>Null for layers other than convolutions.</summary>
    public int? KernelSize { get; init; }

    public required int Window { get; init; }

    public required GateActivation Gates { get; init; }
}

internal sealed record TokenizerMetadata
{
    public required string Kind { get; init; }

    /// <summary>The characters in the order of their ids; null for other kinds.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>The words in the order of their ids; null for other kinds.</summary>
    public IReadOnlyList<string?>? Tokens { get; init; }

    /// <summary>How the words are spelled that a vocabulary of words leaves out. Null means unknown, and for other kinds.</summary>
    public SpellingCounts? Spelling { get; init; }
}

internal sealed record NormalizationMetadata
{
    public required bool Lowercase { get; init; }
}

/// <summary>The part of the document that is the same in all format versions.</summary>
internal sealed record FormatVersionMetadata
{
    public required int FormatVersion { get; init; }
}

/// <summary>Source-generated serializers, which work with trimming and AOT.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    Converters = [typeof(KebabCaseEnum<GateActivation>), typeof(KebabCaseEnum<GenerationMode>)])]
[JsonSerializable(typeof(ModelMetadata))]
[JsonSerializable(typeof(FormatVersionMetadata))]
internal sealed partial class ModelMetadataContext : JsonSerializerContext
{
    /// <summary>The serializer for writing. It does not escape non-ASCII letters, which keeps a large vocabulary short.</summary>
    public static JsonTypeInfo<ModelMetadata> Readable => field ??= (JsonTypeInfo<ModelMetadata>)
        new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            .GetTypeInfo(typeof(ModelMetadata));
}

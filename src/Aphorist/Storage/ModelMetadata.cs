using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Aphorist.Storage;

/// <summary>What a model file says about its weights: the JSON document under the key <c>aphorist</c> of its metadata.</summary>
internal sealed record ModelMetadata
{
    public required int FormatVersion { get; init; }

    public required ArchitectureMetadata Architecture { get; init; }

    public required TokenizerMetadata Tokenizer { get; init; }

    public required NormalizationMetadata Normalization { get; init; }

    public TrainingRecord? Training { get; init; }

    /// <summary>Where the model was imported from; null for one of this library.</summary>
    public ModelOrigin? Origin { get; init; }

    /// <summary>What an optimizer had accumulated; null for nothing.</summary>
    public OptimizerMetadata? Optimizer { get; init; }

    public required string AphoristVersion { get; init; }
}

internal sealed record ArchitectureMetadata
{
    public required string Kind { get; init; }

    public required int HiddenSize { get; init; }

    /// <summary>1 if the document does not say.</summary>
    public int? Layers { get; init; }

    /// <summary>0 if the document does not say.</summary>
    public int? EmbeddingSize { get; init; }

    /// <summary>False if the document does not say.</summary>
    public bool? TiedEmbedding { get; init; }

    /// <summary>False if the document does not say.</summary>
    public bool? LayerNormalization { get; init; }

    /// <summary>Of convolutions; null for other layers.</summary>
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
}

internal sealed record NormalizationMetadata
{
    public required bool Lowercase { get; init; }
}

internal sealed record OptimizerMetadata
{
    public required long Steps { get; init; }

    public required IReadOnlyList<string> Moments { get; init; }
}

/// <summary>The one part of the document that every version of the format has.</summary>
internal sealed record FormatVersionMetadata
{
    public required int FormatVersion { get; init; }
}

/// <summary>The serializers of the document, generated when the library is compiled so that trimming and AOT keep them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    Converters = [typeof(KebabCaseEnum<GateActivation>)])]
[JsonSerializable(typeof(ModelMetadata))]
[JsonSerializable(typeof(FormatVersionMetadata))]
internal sealed partial class ModelMetadataContext : JsonSerializerContext
{
    /// <summary>For writing: letters of every script stay letters, which keeps a large vocabulary short.</summary>
    public static JsonTypeInfo<ModelMetadata> Readable => field ??= (JsonTypeInfo<ModelMetadata>)
        new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }.GetTypeInfo(typeof(ModelMetadata));
}

using System.Text;
using System.Text.Json;
using Aphorist.Storage;

namespace Aphorist;

/// <summary>What a model file holds besides the values of its weights.</summary>
public sealed record ModelFileInfo
{
    /// <summary>The newest version of the format that this library reads, and the one that it writes.</summary>
    public const int CurrentFormatVersion = 1;

    internal const string MetadataKey = "aphorist";

    // Far above any useful model; a damaged file must not make the program ask for terabytes.
    internal const int LargestHiddenSize = 1 << 16;
    internal const int LongestWindow = 1 << 20;
    internal const int LongestDescription = 24 << 20;
    private const int StringsBesidesTokens = 100;

    private static readonly ModelSpec[] RecurrentKinds =
    [
        new() { Architecture = Architecture.Lstm },
        new() { Architecture = Architecture.Gru },
        new() { Architecture = Architecture.Gru, ResetGate = ResetGate.Before },
        new() { Architecture = Architecture.Gru, Gates = GateActivation.HardSigmoid },
        new() { Architecture = Architecture.Gru, ResetGate = ResetGate.Before, Gates = GateActivation.HardSigmoid },
    ];

    // Convolutions have residual connections in any case.
    private static readonly ModelSpec[] Kinds =
        [.. RecurrentKinds, .. RecurrentKinds.Select(kind => kind with { Residual = true }), new() { Architecture = Architecture.Convolution }];

    private ModelFileInfo()
    {
    }

    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long FileLength { get; init; }

    /// <summary>The version of the format it is written in.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The version of Aphorist that wrote it.</summary>
    public required string AphoristVersion { get; init; }

    /// <summary>The model's shape.</summary>
    public required ModelSpec Spec { get; init; }

    /// <summary>What the model reads and writes: characters, words or bytes.</summary>
    public required Tokenizer Tokenizer { get; init; }

    /// <summary>How the model was trained; null if it was not.</summary>
    public required TrainingRecord? Training { get; init; }

    /// <summary>Where the model was imported from; null for one of this library.</summary>
    public ModelOrigin? Origin { get; init; }

    /// <summary>What an optimizer had accumulated when the model was imported; null for nothing.</summary>
    internal OptimizerMetadata? Optimizer { get; init; }

    /// <summary>The tensors, in the order of the file.</summary>
    public required IReadOnlyList<SafetensorsTensor> Tensors { get; init; }

    /// <summary>Checks everything but the values of an opened file.</summary>
    internal static ModelFileInfo From(SafetensorsReader reader)
    {
        ModelMetadata metadata = ReadMetadata(reader);
        ModelSpec spec = ReadSpec(reader.Path, metadata.Architecture);
        Tokenizer tokenizer = StoredTokenizer.Read(reader.Path, metadata.Tokenizer, new TextNormalization(metadata.Normalization.Lowercase));
        IReadOnlyList<StoredTensor> tensors = StoredTensor.Of(spec, tokenizer.VocabularySize);
        StoredTensor.Check(reader, tensors, MomentsOf(reader.Path, metadata.Optimizer, tensors));
        return new ModelFileInfo
        {
            Path = reader.Path,
            FileLength = reader.FileLength,
            FormatVersion = metadata.FormatVersion,
            AphoristVersion = metadata.AphoristVersion,
            Spec = spec,
            Tokenizer = tokenizer,
            Training = metadata.Training,
            Origin = metadata.Origin,
            Optimizer = metadata.Optimizer,
            Tensors = reader.Tensors,
        };
    }

    private static ModelMetadata ReadMetadata(SafetensorsReader reader)
    {
        if (!reader.Metadata.TryGetValue(MetadataKey, out string? json))
            throw new ModelFileException(reader.Path, "it is a safetensors file but not a model of Aphorist, which would name its tokenizer; use a file that 'aphorist train' wrote");
        if (json.Length > LongestDescription)
            throw new ModelFileException(reader.Path, $"its description of the model (metadata '{MetadataKey}') has {json.Length} characters where {LongestDescription} are the most");
        try
        {
            byte[] bytes = Encoding.UTF8.GetBytes(json);
            CheckStrings(reader, bytes);
            int version = JsonSerializer.Deserialize(bytes, ModelMetadataContext.Default.FormatVersionMetadata)?.FormatVersion ?? throw new JsonException();
            if (version > CurrentFormatVersion)
                throw new ModelFileException(reader.Path, $"its format version is {version} and this program reads up to {CurrentFormatVersion}; update Aphorist");
            if (version < 1) throw new ModelFileException(reader.Path, $"its format version is {version}, which never existed");
            return JsonSerializer.Deserialize(bytes, ModelMetadataContext.Default.ModelMetadata) ?? throw new JsonException();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            string place = (exception as JsonException)?.Path is { Length: > 0 } path ? $" at {path}" : "";
            throw new ModelFileException(reader.Path, $"its description of the model (metadata '{MetadataKey}') is damaged{place}", exception);
        }
    }

    /// <summary>Makes strings only of as many tokens as the weights are for.</summary>
    private static void CheckStrings(SafetensorsReader reader, ReadOnlySpan<byte> description)
    {
        long tokens = reader.Find("decoder.bias")?.Count ?? 0, strings = 0;
        Utf8JsonReader json = new(description);
        while (json.Read())
            if (json.TokenType == JsonTokenType.String) strings++;
        if (strings > tokens + StringsBesidesTokens)
            throw new ModelFileException(reader.Path, $"its description of the model (metadata '{MetadataKey}') has {strings} strings where its decoder has {tokens} tokens");
    }

    /// <summary>
    /// What a file calls a model's layers. The two conventions of a GRU, its hard sigmoid gates, and layers with residual connections, which show in no tensor, have
    /// names of their own, so that no program takes one for the other. What files say of the gates of a GRU apart from its name means nothing: once all were logistic, whatever they said.
    /// </summary>
    internal static string KindOf(ModelSpec spec) => PlainKindOf(spec) + (spec.Residual ? "-residual" : "");

    private static string PlainKindOf(ModelSpec spec) => spec.Architecture switch
    {
        Architecture.Lstm => "lstm",
        Architecture.Convolution => "convolution",
        _ => (spec.ResetGate == ResetGate.After ? "gru" : "gru-reset-before") + (spec.Gates == GateActivation.HardSigmoid ? "-hard-sigmoid" : ""),
    };

    private static ModelSpec ReadSpec(string path, ArchitectureMetadata architecture)
    {
        ModelSpec kind = Kinds.FirstOrDefault(known => KindOf(known) == architecture.Kind) ?? throw new ModelFileException(
            path, $"its architecture is '{architecture.Kind}' and this program knows {string.Join(", ", Kinds.Select(known => $"'{KindOf(known)}'"))}; update Aphorist");
        if (architecture.HiddenSize is < 1 or > LargestHiddenSize)
            throw new ModelFileException(path, $"its hidden size is {architecture.HiddenSize}, which is not between 1 and {LargestHiddenSize}");
        if (architecture.Window is < 1 or > LongestWindow)
            throw new ModelFileException(path, $"its window is {architecture.Window} tokens, which is not between 1 and {LongestWindow}");
        if (architecture.Layers < 1 || architecture.Layers > kind.MostLayers)
            throw new ModelFileException(path, $"it has {architecture.Layers} layers, which is not between 1 and {kind.MostLayers}");
        if (architecture.EmbeddingSize is < 0 or > LargestHiddenSize)
            throw new ModelFileException(path, $"its embedding size is {architecture.EmbeddingSize}, which is not between 0 and {LargestHiddenSize}");
        if (architecture.TiedEmbedding == true && architecture.EmbeddingSize != architecture.HiddenSize)
            throw new ModelFileException(path, $"its embedding is tied to the decoder, but its size is {architecture.EmbeddingSize ?? 0} where the hidden size is {architecture.HiddenSize}");
        if (kind.Residual && architecture.Layers is not > 1)
            throw new ModelFileException(path, $"its architecture is '{architecture.Kind}', whose residual connections need two layers or more, but it has one layer");
        if (kind.Architecture == Architecture.Convolution) kind = kind with { KernelSize = ReadKernelSize(path, architecture) };
        return kind with
        {
            HiddenSize = architecture.HiddenSize,
            Layers = architecture.Layers ?? 1,
            EmbeddingSize = architecture.EmbeddingSize ?? 0,
            TiedEmbedding = architecture.TiedEmbedding ?? false,
            LayerNormalization = architecture.LayerNormalization ?? false,
            Window = architecture.Window,
            Gates = kind.Architecture == Architecture.Lstm ? architecture.Gates : kind.Gates,
        };
    }

    private static int ReadKernelSize(string path, ArchitectureMetadata architecture)
    {
        int size = architecture.KernelSize ?? throw new ModelFileException(path, "its layers are convolutions but it has no kernel size");
        double sight = Math.Pow(size, architecture.Layers ?? 1);
        if (size >= 2 && sight <= ModelSpec.FurthestSight) return size;
        throw new ModelFileException(
            path, $"its kernel size is {size}, of which its layers see {sight:F0} tokens, where kernels of 2 or more that see up to {ModelSpec.FurthestSight} are possible");
    }

    private static StoredTensor[] MomentsOf(string path, OptimizerMetadata? optimizer, IReadOnlyList<StoredTensor> tensors)
    {
        if (optimizer is null) return [];
        if (optimizer.Steps < 0 || !OptimizerState.Kinds.Any(kind => kind.SequenceEqual(optimizer.Moments)))
            throw new ModelFileException(path, $"it has the state '{string.Join(", ", optimizer.Moments)}' of an optimizer that this program does not know; update Aphorist");
        return [.. optimizer.Moments.SelectMany(moment => StoredTensor.OfMoment(tensors, moment))];
    }
}

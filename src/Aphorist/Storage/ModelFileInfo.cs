using System.Text;
using System.Text.Json;
using Aphorist.Model;
using Aphorist.Model.Layers;
using Aphorist.Storage;

namespace Aphorist;

/// <summary>The optimizer state in a model file; see <see cref="OptimizerState"/>.</summary>
public sealed record StoredOptimizer
{
    /// <summary>The number of training steps that the state results from; 0 if it is unknown.</summary>
    public required long Steps { get; init; }

    /// <summary>The names of the values that the optimizer keeps for each parameter.</summary>
    public required IReadOnlyList<string> Moments { get; init; }
}

/// <summary>
/// The content of a model file, apart from the values of its tensors. Reading it takes milliseconds for any size of model.
/// </summary>
/// <remarks>docs/model-file.md describes the format.</remarks>
public sealed record ModelFileInfo
{
    /// <summary>The format version that this library writes, and the highest that it reads.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>The key of the metadata entry that describes the model; see <see cref="DescribeAsJson"/>.</summary>
    public const string MetadataKey = "aphorist";

    // Far above any useful vocabulary. It limits the memory that a damaged file can claim.
    internal const int MaxDescriptionLength = 24 << 20;
    private const int MaxStringsBesidesTokens = 100;

    // Unicode has 1,112,064 characters; the rest is for all other fields.
    private const int MaxNumbers = 1_200_000;

    private ModelFileInfo()
    {
    }

    /// <summary>The path of the file, or the name of the stream.</summary>
    public required string Path { get; init; }

    /// <summary>The length in bytes.</summary>
    public required long FileLength { get; init; }

    /// <summary>The version of the format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The version of Aphorist that wrote the file.</summary>
    public required string AphoristVersion { get; init; }

    /// <summary>The shape of the model.</summary>
    public required ModelSpec Spec { get; init; }

    /// <summary>The tokenizer.</summary>
    public required Tokenizer Tokenizer { get; init; }

    /// <summary>The mode that the model was trained for, see <see cref="LanguageModel.TrainedMode"/>.</summary>
    public GenerationMode TrainedMode { get; init; }

    /// <summary>The training record; null if the model was not trained.</summary>
    public required TrainingRecord? Training { get; init; }

    /// <summary>The program that the model was imported from; null if Aphorist created it.</summary>
    public ModelOrigin? Origin { get; init; }

    /// <summary>The optimizer state that was imported together with the model; null if there is none.</summary>
    public StoredOptimizer? Optimizer { get; init; }

    /// <summary>The tensors in file order.</summary>
    public required IReadOnlyList<SafetensorsTensor> Tensors { get; init; }

    /// <summary>The version of this library, as recorded in model files.</summary>
    internal static string LibraryVersion { get; } = typeof(ModelFileInfo).Assembly.GetName().Version!.ToString(3);

    /// <summary>Reads and checks everything in a model file except the values of its tensors.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or not an Aphorist model.</exception>
    public static ModelFileInfo Read(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        return From(reader);
    }

    /// <summary>Reads and checks everything in a stream except the values of its tensors.</summary>
    /// <param name="stream">
    /// The stream, from its position to its end. It stays open. If it cannot seek, it is read into memory first.
    /// </param>
    /// <param name="name">The name of the file in error messages.</param>
    /// <exception cref="ModelFileException">The file is damaged or not an Aphorist model.</exception>
    public static ModelFileInfo Read(Stream stream, string name = "stream")
    {
        using SafetensorsReader reader = SafetensorsReader.Open(stream, name);
        return From(reader);
    }

    /// <summary>Reads and checks everything in a model file in memory except the values of its tensors.</summary>
    /// <param name="bytes">The content of the file.</param>
    /// <param name="name">The name of the file in error messages.</param>
    /// <exception cref="ModelFileException">The file is damaged or not an Aphorist model.</exception>
    public static ModelFileInfo Read(ReadOnlyMemory<byte> bytes, string name = "memory")
    {
        using SafetensorsReader reader = SafetensorsReader.Open(bytes, name);
        return From(reader);
    }

    /// <summary>
    /// Describes a model as JSON: its shape, tokenizer, training record and origin, without the optimizer state. Model files store this
    /// document under <see cref="MetadataKey"/>; the metadata of other formats can store it as well.
    /// </summary>
    public static string DescribeAsJson(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return ModelMetadata.Of(model, withOptimizer: false).ToJson();
    }

    internal static ModelFileInfo From(SafetensorsReader reader)
    {
        ModelMetadata metadata = ReadMetadata(reader);
        ModelSpec spec = ReadSpec(reader.Path, metadata.Architecture);
        Tokenizer tokenizer = StoredTokenizer.Read(
            reader.Path, metadata.Tokenizer, new TextNormalization(metadata.Normalization.Lowercase));
        StoredTensor.Check(reader, ExpectedTensors(reader.Path, spec, tokenizer, metadata.Optimizer));
        return new ModelFileInfo
        {
            Path = reader.Path,
            FileLength = reader.FileLength,
            FormatVersion = metadata.FormatVersion,
            AphoristVersion = metadata.AphoristVersion,
            Spec = spec,
            Tokenizer = tokenizer,
            TrainedMode = metadata.TrainedMode ?? GenerationMode.Stateful,
            Training = metadata.Training,
            Origin = metadata.Origin,
            Optimizer = metadata.Optimizer,
            Tensors = reader.Tensors,
        };
    }

    private static ModelMetadata ReadMetadata(SafetensorsReader reader)
    {
        if (!reader.Metadata.TryGetValue(MetadataKey, out string? json))
            throw OtherModelFormats.Refuse(reader.Path, OtherModelFormat.Safetensors);

        if (json.Length > MaxDescriptionLength)
        {
            throw new ModelFileException(
                reader.Path,
                $"its description of the model (metadata '{MetadataKey}') has {json.Length} characters, "
                + $"but {MaxDescriptionLength} is the maximum");
        }

        try
        {
            byte[] bytes = Encoding.UTF8.GetBytes(json);
            CheckStrings(reader, bytes);
            int version = JsonSerializer.Deserialize(bytes, ModelMetadataContext.Default.FormatVersionMetadata)?.FormatVersion
                ?? throw new JsonException();
            if (version > CurrentFormatVersion)
                throw new ModelFileException(
                    reader.Path, $"its format version is {version} and this program reads up to {CurrentFormatVersion}; update Aphorist");
            if (version < 1) throw new ModelFileException(reader.Path, $"its format version is {version}, which does not exist");
            return JsonSerializer.Deserialize(bytes, ModelMetadataContext.Default.ModelMetadata) ?? throw new JsonException();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            string place = (exception as JsonException)?.Path is { Length: > 0 } path ? $" at {path}" : "";
            throw new ModelFileException(
                reader.Path, $"its description of the model (metadata '{MetadataKey}') is damaged{place}", exception);
        }
    }

    /// <summary>
    /// Limits the number of strings and numbers before any is created: a valid description has few strings other than tokens.
    /// </summary>
    private static void CheckStrings(SafetensorsReader reader, ReadOnlySpan<byte> description)
    {
        long tokens = reader.Find("decoder.bias")?.Count ?? 0, strings = 0, numbers = 0;
        Utf8JsonReader json = new(description);
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.String) strings++;
            if (json.TokenType == JsonTokenType.Number) numbers++;
        }

        if (numbers > MaxNumbers)
        {
            throw new ModelFileException(
                reader.Path,
                $"its description of the model (metadata '{MetadataKey}') has {numbers} numbers, but {MaxNumbers} is the maximum");
        }

        if (strings > tokens + MaxStringsBesidesTokens)
        {
            throw new ModelFileException(
                reader.Path,
                $"its description of the model (metadata '{MetadataKey}') has {strings} strings where its decoder has {tokens} tokens");
        }
    }

    private static ModelSpec ReadSpec(string path, ArchitectureMetadata architecture)
    {
        ModelSpec[] variants = [.. LayerKind.All.SelectMany(kind => kind.Variants)];
        ModelSpec variant = variants.FirstOrDefault(known => known.Kind.StoredName(known) == architecture.Kind)
            ?? throw new ModelFileException(
                path,
                $"its architecture is '{architecture.Kind}' and this program knows "
                + $"{string.Join(", ", variants.Select(known => $"'{known.Kind.StoredName(known)}'"))}; update Aphorist");
        if (variant.Kind.HasKernelSize && architecture.KernelSize is null)
            throw new ModelFileException(path, "its layers are convolutions but it has no kernel size");
        ModelSpec spec = variant with
        {
            HiddenSize = architecture.HiddenSize,
            Layers = architecture.Layers ?? 1,
            EmbeddingSize = architecture.EmbeddingSize ?? 0,
            TiedEmbedding = architecture.TiedEmbedding ?? false,
            LayerNormalization = architecture.LayerNormalization ?? false,
            Window = architecture.Window,
            KernelSize = variant.Kind.HasKernelSize ? architecture.KernelSize!.Value : variant.KernelSize,
            Gates = variant.Kind.StoresGates ? architecture.Gates : variant.Gates,
        };
        return Check(path, () =>
        {
            spec.Validate();
            return spec;
        });
    }

    private static IReadOnlyList<StoredTensor> ExpectedTensors(string path, ModelSpec spec, Tokenizer tokenizer, StoredOptimizer? optimizer)
    {
        IReadOnlyList<StoredTensor> tensors = Check(path, () => StoredTensor.Of(new ModelLayout(spec, tokenizer.VocabularySize)));
        if (optimizer is null) return tensors;
        if (optimizer.Steps < 0 || !OptimizerState.AreKnown(optimizer.Moments))
        {
            throw new ModelFileException(
                path,
                $"it has the state '{string.Join(", ", optimizer.Moments)}' of an optimizer "
                + "that this program does not know; update Aphorist");
        }

        return [.. tensors, .. optimizer.Moments.SelectMany(moment => StoredTensor.OfMoment(tensors, moment))];
    }

    /// <summary>Reports an invalid shape as an invalid file.</summary>
    private static T Check<T>(string path, Func<T> create)
    {
        try
        {
            return create();
        }
        catch (InvalidOptionsException exception)
        {
            throw new ModelFileException(path, $"it describes a model that is not possible: {exception.Message.TrimEnd('.')}", exception);
        }
    }
}

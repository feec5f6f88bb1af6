using System.Text.Json;
using Aphorist.Storage;

namespace Aphorist;

/// <summary>Saves and loads models: one safetensors file holds the weights, the vocabulary and how the model was trained.</summary>
/// <remarks>docs/model-file.md describes the format.</remarks>
public static class ModelFile
{
    /// <summary>The version of this library, as model files record it.</summary>
    public static string LibraryVersion { get; } = typeof(ModelFile).Assembly.GetName().Version!.ToString(3);

    extension(LanguageModel model)
    {
        /// <summary>Saves the model. The file is written beside and renamed into place, so a failure leaves the previous one.</summary>
        /// <param name="path">The file, by custom ending in .safetensors; its folder must exist.</param>
        /// <exception cref="IOException">It could not be written; the message says why.</exception>
        /// <exception cref="NotSupportedException">The model's tokenizer is of a kind that is not this library's, or its tokens are far too long.</exception>
        public void Save(string path)
        {
            ArgumentNullException.ThrowIfNull(model);
            (StoredTensor Tensor, Parameters Values)[] tensors = [.. TensorsOf(model)];
            string description = MetadataOf(model, withOptimizer: true);
            if (description.Length > ModelFileInfo.LongestDescription)
                throw new NotSupportedException($"The model's vocabulary is too long for a model file: with it, the description of the model has {description.Length} characters where {ModelFileInfo.LongestDescription} are the most.");
            using SafetensorsWriter writer = new(path);
            writer.SetMetadata("format", "pt");
            writer.SetMetadata(ModelFileInfo.MetadataKey, description);
            foreach ((StoredTensor tensor, _) in tensors) writer.Declare(tensor.Name, tensor.Shape);
            foreach ((StoredTensor tensor, Parameters values) in tensors) StoredValues.Write(writer, tensor, values);
            writer.Commit();
        }

        /// <summary>Loads a model. Everything is checked: the file's structure, names, shapes, vocabulary, and that every weight is finite.</summary>
        /// <param name="path">The file.</param>
        /// <exception cref="ModelFileException">The file is missing, damaged, or not a model; the message says which.</exception>
        public static LanguageModel Load(string path)
        {
            using SafetensorsReader reader = SafetensorsReader.Open(path);
            ModelFileInfo info = ModelFileInfo.From(reader);
            LanguageModel loaded = LanguageModel.CreateEmpty(info.Spec, info.Tokenizer);
            (loaded.Training, loaded.Origin) = (info.Training, info.Origin);
            if (info.Optimizer is { } optimizer) loaded.OptimizerState = new(optimizer.Steps, optimizer.Moments, loaded.Layout);
            foreach ((StoredTensor tensor, Parameters values) in TensorsOf(loaded)) StoredValues.Read(reader, tensor, values);
            return loaded;
        }
    }

    /// <summary>Reads what a model file says about itself, without its weights.</summary>
    /// <exception cref="ModelFileException">The file is missing, damaged, or not a model; the message says which.</exception>
    public static ModelFileInfo Inspect(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        return ModelFileInfo.From(reader);
    }

    /// <summary>What a model file says about its weights, as JSON; other formats say the same.</summary>
    /// <param name="model">The model.</param>
    /// <param name="withOptimizer">Whether the file also has what an optimizer had accumulated.</param>
    internal static string MetadataOf(LanguageModel model, bool withOptimizer = false) => JsonSerializer.Serialize(Describe(model, withOptimizer), ModelMetadataContext.Readable);

    /// <summary>The tensors of a model's file in their order, each with the values that it is a part of.</summary>
    private static IEnumerable<(StoredTensor Tensor, Parameters Values)> TensorsOf(LanguageModel model)
    {
        IReadOnlyList<StoredTensor> tensors = StoredTensor.Of(model.Spec, model.Tokenizer.VocabularySize);
        IEnumerable<(StoredTensor, Parameters)> parameters = tensors.Select(tensor => (tensor, model.Parameters));
        return model.OptimizerState is not { } state
            ? parameters
            : parameters.Concat(state.Moments.SelectMany((moment, index) => StoredTensor.OfMoment(tensors, moment).Select(tensor => (tensor, state.ValuesOf(index)))));
    }

    private static ModelMetadata Describe(LanguageModel model, bool withOptimizer) => new()
    {
        FormatVersion = ModelFileInfo.CurrentFormatVersion,
        Architecture = new ArchitectureMetadata
        {
            Kind = ModelFileInfo.KindOf(model.Spec),
            HiddenSize = model.Spec.HiddenSize,
            Layers = model.Spec.Layers,
            EmbeddingSize = model.Spec.EmbeddingSize,
            TiedEmbedding = model.Spec.TiedEmbedding ? true : null,
            LayerNormalization = model.Spec.LayerNormalization ? true : null,
            KernelSize = model.Spec.Architecture == Architecture.Convolution ? model.Spec.KernelSize : null,
            Window = model.Spec.Window,
            Gates = model.Spec.Gates,
        },
        Tokenizer = StoredTokenizer.Describe(model.Tokenizer),
        Normalization = new NormalizationMetadata { Lowercase = model.Tokenizer.Normalization.Lowercase },
        Training = model.Training,
        Origin = model.Origin,
        Optimizer = withOptimizer && model.OptimizerState is { } state ? new() { Steps = state.Steps, Moments = state.Moments } : null,
        AphoristVersion = LibraryVersion,
    };
}

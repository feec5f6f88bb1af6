using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aphorist.Model;
using Aphorist.Storage;
using PureHDF;

namespace Aphorist.Interop.Keras;

/// <summary>Writes models as Keras 2 saves them: one HDF5 file with the model's layers and their weights, which <c>load_model</c> reads from Keras 2.2 on.</summary>
/// <remarks>Keras's files have no vocabulary, so it is written beside. docs/export.md says which versions of Keras read the file.</remarks>
public static class KerasWeightsFile
{
    /// <summary>Writes a model and, beside it, its vocabulary. Each is written under another name and renamed into place, so a failure leaves the previous one.</summary>
    /// <param name="model">A model of LSTM or GRU layers, without layer normalisation, residual connections or a tied embedding.</param>
    /// <param name="path">The file, by custom ending in .h5; its folder must exist.</param>
    /// <exception cref="ArgumentException">The model is no chain of Keras's layers, or too large to be written.</exception>
    /// <exception cref="IOException">A file could not be written; the message says why.</exception>
    /// <exception cref="NotSupportedException">The model's tokenizer is of a kind that is not the library's.</exception>
    public static void Write(LanguageModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        string? vocabulary = VocabularyOf(model);
        EnsureCanBe(model);
        IReadOnlyList<KerasWrittenLayer> layers = KerasWrittenLayer.Of(model);
        string configuration = ConfigurationOf(model, layers);
        using MemoryStream bytes = new();
        // Keras 2.2 and 2.3 decode attributes, which their h5py gives them to be decoded only if they have a fixed length; no text is longer than this.
        Describe(layers, configuration).Write(bytes, new H5WriteOptions(DefaultStringLength: configuration.Length));
        using AtomicFile file = new(path);
        file.Write(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        if (vocabulary is not null) AtomicFile.WriteAllText(VocabularyPath(path), vocabulary);
        file.Commit();
    }

    /// <summary>Where the vocabulary goes: <c>model.vocabulary.json</c> for <c>model.h5</c>, an object with each token's id. A model of bytes has none.</summary>
    public static string VocabularyPath(string path) => Path.ChangeExtension(path, ".vocabulary.json");

    /// <summary>The model around its layers. The input stands before them: where it is told at the first of them, Keras 3 takes the batch for a dimension of it.</summary>
    private static string ConfigurationOf(LanguageModel model, IReadOnlyList<KerasWrittenLayer> layers)
    {
        JsonArray shape = model.Spec.EmbeddingSize > 0 ? [null, model.Spec.Window] : [null, model.Spec.Window, model.Tokenizer.Count];
        JsonObject input = new() { ["batch_input_shape"] = shape, ["dtype"] = "float32", ["sparse"] = false, ["name"] = "input_1" };
        JsonObject[] all = [new() { ["class_name"] = "InputLayer", ["config"] = input }, .. layers.Select(layer => layer.ToJson())];
        JsonObject sequence = new() { ["name"] = "sequential", ["layers"] = new JsonArray([.. all]) };
        return new JsonObject { ["class_name"] = "Sequential", ["config"] = sequence }.ToJsonString();
    }

    private static H5File Describe(IReadOnlyList<KerasWrittenLayer> layers, string configuration)
    {
        H5Group weights = [];
        foreach (KerasWrittenLayer layer in layers) weights[layer.Name] = layer.ToGroup();
        weights.Attributes["layer_names"] = layers.Select(layer => layer.Name).ToArray();
        H5File file = new() { ["model_weights"] = weights };
        file.Attributes["model_config"] = configuration;
        foreach (H5Object place in new H5Object[] { file, weights })
        {
            // The version whose layout this is; Keras reads files of version 1 otherwise.
            place.Attributes["keras_version"] = "2.4.0";
            place.Attributes["backend"] = "tensorflow";
        }

        return file;
    }

    private static void EnsureCanBe(LanguageModel model)
    {
        string? reason = model.Spec switch
        {
            { Architecture: Architecture.Convolution } => "convolutions",
            { TiedEmbedding: true } => "a tied embedding",
            { Residual: true } => "residual connections",
            { LayerNormalization: true } => "layer normalisation",
            _ => null,
        };
        if (reason is not null) throw new ArgumentException($"A model with {reason} cannot be written for Keras, whose file is a chain of LSTM or GRU layers: write it as ONNX.");
        // What the file has besides its weights is a few thousand bytes.
        if (model.Parameters.Count > (Array.MaxLength - (1 << 20)) / sizeof(float))
            throw new ArgumentException("The model has more than 2 GiB of weights, and so much cannot be written for Keras; use its safetensors file, or make a smaller model.");
    }

    private static string? VocabularyOf(LanguageModel model)
    {
        TokenizerMetadata tokenizer = StoredTokenizer.Describe(model.Tokenizer);
        IEnumerable<string>? tokens = tokenizer.Tokens?.OfType<string>() ?? tokenizer.Vocabulary?.EnumerateRunes().Select(character => character.ToString());
        if (tokens is null) return null;
        JsonObject ids = [];
        foreach ((int id, string token) in tokens.Index()) ids[token] = id;
        return ids.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }
}

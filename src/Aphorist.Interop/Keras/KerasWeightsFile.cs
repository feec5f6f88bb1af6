using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aphorist.Interop.Keras;

namespace Aphorist.Interop;

/// <summary>Writes models as Keras saves them, layers and weights: as <c>.keras</c> of Keras 3, or as HDF5 of Keras 2, which <c>load_model</c> reads from Keras 2.2 on.</summary>
/// <remarks>Keras's files have no vocabulary, so it is written beside. docs/export.md says which versions of Keras read the file.</remarks>
public static class KerasWeightsFile
{
    /// <summary>Writes a model and, beside it, its vocabulary. Each is written under a temporary name and renamed into place, so that a failure leaves the previous file.</summary>
    /// <param name="model">A model of LSTM or GRU layers, without layer normalization, residual connections or a tied embedding.</param>
    /// <param name="path">The file; its folder must exist. See <see cref="KindOf"/> for what its name decides.</param>
    /// <exception cref="ArgumentException">The model is no chain of Keras's layers, or too large to be written.</exception>
    /// <exception cref="IOException">A file could not be written.</exception>
    /// <exception cref="NotSupportedException">The model's tokenizer is of a kind that is not the library's.</exception>
    public static void Write(LanguageModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        string? vocabulary = VocabularyOf(model);
        using MemoryStream bytes = new();
        Write(model, bytes, KindOf(path));
        using AtomicFile file = new(path);
        file.Write(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        if (vocabulary is not null) AtomicFile.WriteAllText(VocabularyPath(path), vocabulary);
        file.Commit();
    }

    /// <summary>Writes a model, without its vocabulary, to a stream, which stays open.</summary>
    /// <param name="model">As for <see cref="Write(LanguageModel, string)"/>.</param>
    /// <param name="stream">Where to; it must be possible to seek in it and to read from it.</param>
    /// <param name="kind">What to write.</param>
    /// <exception cref="ArgumentException">The model is no chain of Keras's layers, or too large to be written.</exception>
    public static void Write(LanguageModel model, Stream stream, KerasFileKind kind)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stream);
        EnsureCanBe(model);
        if (kind == KerasFileKind.Keras3) KerasWrittenArchive.Write(model, stream);
        else KerasWrittenHdf5.Write(model, stream);
    }

    /// <summary>What a file of this name is: if it ends in .keras an archive of Keras 3, otherwise HDF5 of Keras 2, usually ending in .h5.</summary>
    public static KerasFileKind KindOf(string path) => path.EndsWith(".keras", StringComparison.OrdinalIgnoreCase) ? KerasFileKind.Keras3 : KerasFileKind.Keras2;

    /// <summary>Where the vocabulary goes: <c>model.vocabulary.json</c> for <c>model.h5</c>, an object with each token's id. A model of bytes has none.</summary>
    public static string VocabularyPath(string path) => Path.ChangeExtension(path, ".vocabulary.json");

    /// <summary>A model's vocabulary as JSON, an object with each token's id; null for a model of bytes.</summary>
    /// <exception cref="NotSupportedException">The model's tokenizer is of a kind that is not the library's.</exception>
    public static string? VocabularyOf(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        IEnumerable<string>? tokens = model.Tokenizer switch
        {
            CharacterTokenizer characters => characters.Characters.EnumerateRunes().Select(character => character.ToString()),
            WordTokenizer words => words.Tokens,
            _ => null,
        };
        if (tokens is null) return null;
        JsonObject ids = [];
        foreach ((int id, string token) in tokens.Index()) ids[token] = id;
        return ids.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
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
}

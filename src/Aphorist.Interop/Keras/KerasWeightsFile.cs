using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aphorist.Interop.Keras;
using Aphorist.IO;

namespace Aphorist.Interop;

/// <summary>
/// Writes models for Keras, with layers and weights: as a <c>.keras</c> file of Keras 3, or as an HDF5 file for <c>load_model</c> of Keras
/// 2.2 and later.
/// </summary>
/// <remarks>
/// Keras files have no vocabulary, so it is written to a JSON file next to them. docs/export.md lists the versions of Keras that read the
/// files.
/// </remarks>
public static class KerasWeightsFile
{
    /// <summary>
    /// Writes a model and, next to it, its vocabulary. Each is written under a temporary name and renamed into place, so that a failure
    /// leaves the previous file.
    /// </summary>
    /// <param name="model">
    /// A model of recurrent layers, without layer normalization, residual connections or a tied embedding.
    /// </param>
    /// <param name="path">
    /// The path of the file, whose extension determines the format; see <see cref="KindOf"/>. Its folder must exist.
    /// </param>
    /// <exception cref="ArgumentException">Keras has no such layers, or the weights exceed 2 GiB.</exception>
    /// <exception cref="IOException">A file could not be written.</exception>
    public static void Write(LanguageModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        string? vocabulary = VocabularyOf(model);
        using AtomicFile file = new(path);
        // Next to a device or a pipe there is no place for it.
        using AtomicFile? list = vocabulary is null || file.IsStream ? null : new(VocabularyPath(path));
        Write(model, file, KindOf(path));
        list?.Write(Encoding.UTF8.GetBytes(vocabulary!));
        list?.Commit();
        file.Commit();
    }

    /// <summary>Writes a model, without its vocabulary, to a stream, which stays open.</summary>
    /// <param name="model">As for <see cref="Write(LanguageModel, string)"/>.</param>
    /// <param name="stream">The destination. If it cannot seek or be read, the file is built in memory first.</param>
    /// <param name="kind">The file format.</param>
    /// <exception cref="ArgumentException">Keras has no such layers, or the weights exceed 2 GiB.</exception>
    public static void Write(LanguageModel model, Stream stream, KerasFileKind kind)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stream);
        EnsureCanBe(model);
        if (!stream.CanSeek || !stream.CanRead)
        {
            using MemoryStream bytes = new();
            Write(model, bytes, kind);
            bytes.WriteTo(stream);
            return;
        }

        if (kind == KerasFileKind.Keras3) KerasWrittenArchive.Write(model, stream);
        else KerasWrittenHdf5.Write(model, stream);
    }

    /// <summary>
    /// Returns the format for a file name: an archive of Keras 3 for the extension .keras, otherwise HDF5 of Keras 2, usually .h5.
    /// </summary>
    public static KerasFileKind KindOf(string path) =>
        path.EndsWith(".keras", StringComparison.OrdinalIgnoreCase) ? KerasFileKind.Keras3 : KerasFileKind.Keras2;

    /// <summary>Returns the path of the vocabulary: <c>model.vocabulary.json</c> for <c>model.h5</c>. A model of bytes has none.</summary>
    public static string VocabularyPath(string path) => Path.ChangeExtension(path, ".vocabulary.json");

    /// <summary>Returns the vocabulary of a model as a JSON object with the id of each token; null for a model of bytes.</summary>
    public static string? VocabularyOf(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Tokenizer.Kind == TokenizerKind.Bytes) return null;
        JsonObject ids = [];
        for (int id = 0; id < model.Tokenizer.VocabularySize; id++) ids[model.Tokenizer.GetText(id)] = id;
        return ids.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    private static void EnsureCanBe(LanguageModel model)
    {
        string? reason = model.Spec switch
        {
            { Architecture: Architecture.Convolution } => "convolutions",
            { TiedEmbedding: true } => "a tied embedding",
            { Residual: true } => "residual connections",
            { LayerNormalization: true } => "layer normalization",
            _ => null,
        };
        if (reason is not null)
        {
            throw new ArgumentException(
                $"A model with {reason} cannot be written for Keras, whose files are chains of recurrent layers. Export it as ONNX.");
        }
        // Everything besides the weights is a few thousand bytes.
        if (model.Parameters.Count > (Array.MaxLength - (1 << 20)) / sizeof(float))
        {
            throw new ArgumentException(
                "The model has more than 2 GiB of weights, the maximum for Keras files. Use the safetensors file, or train a smaller "
                + "model.");
        }
    }
}

/// <summary>The file formats of Keras.</summary>
public enum KerasFileKind
{
    /// <summary>
    /// HDF5 in the format of Keras 2, for Keras 2.2 and later. Keras 3 has another hard sigmoid, so its predictions differ for such gates.
    /// </summary>
    Keras2,

    /// <summary>The <c>.keras</c> archive of Keras 3.</summary>
    Keras3,
}

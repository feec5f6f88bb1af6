using System.Globalization;
using Aphorist.Interop.Onnx;
using Aphorist.IO;
using Google.Protobuf;

namespace Aphorist.Interop;

/// <summary>Writes models in the ONNX format, for ONNX Runtime and other programs.</summary>
/// <remarks>
/// The metadata contains, under the key <c>aphorist</c>, the JSON document of a model file: vocabulary, normalization and training.
/// docs/export.md describes the graphs.
/// </remarks>
public static class OnnxModel
{
    // Operator set 17 is the first with layer normalization. It was introduced with version 8 of the format.
    private const int OperatorVersion = 17, FormatVersion = 8;

    /// <summary>
    /// Writes a model to a file. The file is written under a temporary name and renamed into place, so that a failure leaves the previous
    /// file.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The path of the file, usually with the extension .onnx. Its folder must exist.</param>
    /// <param name="kind">The inputs and outputs of the graph. Whole windows by default.</param>
    /// <exception cref="ArgumentException">The file would be larger than 2 GiB, the maximum of ONNX.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    public static void Write(LanguageModel model, string path, OnnxGraphKind kind = OnnxGraphKind.Window)
    {
        ProtobufMessage message = Describe(model, kind);
        using AtomicFile file = new(path);
        Write(message, file);
        file.Commit();
    }

    /// <summary>Writes a model to a stream, which stays open.</summary>
    /// <param name="model">The model.</param>
    /// <param name="destination">The stream.</param>
    /// <param name="kind">The inputs and outputs of the graph. Whole windows by default.</param>
    /// <exception cref="ArgumentException">The file would be larger than 2 GiB, the maximum of ONNX.</exception>
    public static void Write(LanguageModel model, Stream destination, OnnxGraphKind kind = OnnxGraphKind.Window)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Write(Describe(model, kind), destination);
    }

    /// <summary>Throws if the message is too long for protocol buffers.</summary>
    internal static void EnsureFits(ProtobufMessage message)
    {
        if (message.Length <= int.MaxValue) return;
        string length = message.Length.ToString("N0", CultureInfo.InvariantCulture);
        throw new ArgumentException(
            $"As ONNX the model would have {length} bytes, but 2,147,483,647 is the maximum. Use the safetensors file, or train a "
            + "smaller model.");
    }

    private static ProtobufMessage Describe(LanguageModel model, OnnxGraphKind kind)
    {
        const int Format = 1, Producer = 2, ProducerVersion = 3, Graph = 7, Operators = 8, Metadata = 14;
        const int Key = 1, Value = 2, Domain = 1, Version = 2;
        ArgumentNullException.ThrowIfNull(model);
        ProtobufMessage message = new ProtobufMessage()
            .Add(Format, FormatVersion)
            .Add(Producer, "Aphorist")
            .Add(ProducerVersion, typeof(LanguageModel).Assembly.GetName().Version!.ToString(3))
            .Add(Graph, OnnxNetwork.Build(model, kind).ToMessage())
            .Add(Operators, new ProtobufMessage().Add(Domain, "").Add(Version, OperatorVersion))
            .Add(Metadata, new ProtobufMessage().Add(Key, ModelFileInfo.MetadataKey).Add(Value, ModelFileInfo.DescribeAsJson(model)));
        EnsureFits(message);
        return message;
    }

    private static void Write(ProtobufMessage message, Stream destination)
    {
        const int BufferSize = 1 << 16;
        using CodedOutputStream output = new(destination, BufferSize, leaveOpen: true);
        message.WriteTo(output);
    }
}

/// <summary>
/// The inputs and outputs of an ONNX graph. <c>ids</c> are 64-bit integers, <c>batch</c> and <c>length</c> are dynamic, and V is the
/// vocabulary size.
/// </summary>
public enum OnnxGraphKind
{
    /// <summary><c>ids</c> [batch, length] to <c>probabilities</c> [batch, V] of the next token. The initial states are 0.</summary>
    Window,

    /// <summary>
    /// <c>ids</c> [batch, length] to <c>probabilities</c> [batch, length, V] of the next token at every position, for evaluation.
    /// </summary>
    Positions,

    /// <summary>
    /// <c>ids</c> [batch] and the states of the layers to <c>probabilities</c> [batch, V] and the new states, for generating token by
    /// token. For every state input there is an output named <c>next_</c> plus its name. Pass it with the next token, and zeros with the
    /// first one.
    /// </summary>
    Step,
}

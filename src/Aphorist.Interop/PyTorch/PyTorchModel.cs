using System.Numerics.Tensors;
using Aphorist.Interop.PyTorch;

namespace Aphorist.Interop;

/// <summary>
/// A language model that PyTorch trained: a state dict written by <c>safetensors.torch.save_file</c>, in F32, F16, BF16 or F64.
/// </summary>
/// <remarks>
/// The model can have an nn.Embedding or one-hot vectors, an nn.LSTM, nn.GRU or nn.RNN of up to four layers, and an nn.Linear, with any
/// names; see docs/import.md. The file does not contain the vocabulary: pass it to
/// <see cref="ImportedModel.ToLanguageModel(ImportedVocabulary)"/>.
/// </remarks>
public sealed class PyTorchModel : ImportedModel
{
    private readonly PyTorchNetwork network;
    private readonly Parameters parameters;

    private PyTorchModel(string name, PyTorchNetwork network, Parameters parameters)
        : base(name)
    {
        (this.network, this.parameters) = (network, parameters);
        Spec = HasEqualMatrices() ? network.Spec with { TiedEmbedding = true } : network.Spec;
    }

    /// <summary>
    /// The shape of the model. The embedding is tied if the file has one matrix for embedding and decoder, or the same values in both.
    /// </summary>
    public override ModelSpec Spec { get; }

    /// <inheritdoc/>
    public override int VocabularySize => network.VocabularySize;

    /// <summary>Reads a model with all its weights. Everything is checked: names, shapes, types, and that every weight is finite.</summary>
    /// <param name="path">The file.</param>
    /// <param name="window">The window of the model, which the file does not contain. 60 by default.</param>
    /// <param name="activation">
    /// The activation (nonlinearity) of an nn.RNN, which the file does not contain. Tanh by default, as in PyTorch. Other modules have
    /// none.
    /// </param>
    /// <exception cref="ModelFileException">
    /// The file is missing, damaged, not a safetensors file, or its model cannot be imported; the message names the tensor.
    /// </exception>
    public static PyTorchModel Read(string path, int window = UsualWindow, Activation activation = Activation.Tanh)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return SourceFile.Read(path, stream => Read(stream, path, window, activation));
    }

    /// <summary>Reads a model from a stream, which stays open.</summary>
    /// <param name="stream">The whole file. A stream that cannot seek is read into memory first.</param>
    /// <param name="name">The name of the file in error messages. "stream" by default.</param>
    /// <param name="window">As for <see cref="Read(string, int, Activation)"/>.</param>
    /// <param name="activation">As for <see cref="Read(string, int, Activation)"/>.</param>
    /// <exception cref="ModelFileException">As for <see cref="Read(string, int, Activation)"/>.</exception>
    public static PyTorchModel Read(
        Stream stream, string name = "stream", int window = UsualWindow, Activation activation = Activation.Tanh)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, ModelSpec.MaxWindow);
        return SourceFile.Read(stream, source => ReadChecked(source, name, window, activation));
    }

    /// <summary>Reads a model from memory.</summary>
    /// <param name="bytes">The content of the file.</param>
    /// <param name="name">The name of the file in error messages. "memory" by default.</param>
    /// <param name="window">As for <see cref="Read(string, int, Activation)"/>.</param>
    /// <param name="activation">As for <see cref="Read(string, int, Activation)"/>.</param>
    /// <exception cref="ModelFileException">As for <see cref="Read(string, int, Activation)"/>.</exception>
    public static PyTorchModel Read(
        ReadOnlyMemory<byte> bytes, string name = "memory", int window = UsualWindow, Activation activation = Activation.Tanh) =>
        SourceFile.Read(bytes, stream => Read(stream, name, window, activation));

    private static PyTorchModel ReadChecked(Stream stream, string name, int window, Activation activation)
    {
        if (TorchSave.IsOne(SourceFile.Start(stream), stream))
        {
            throw new ModelFileException(
                name,
                "it is a pickle from torch.save, which can run code when it is loaded; in Python, save its state dict as "
                + "safetensors: safetensors.torch.save_file(torch.load('model.pt', map_location='cpu'), 'weights.safetensors')");
        }

        using SafetensorsReader reader = SafetensorsReader.Open(stream, name);
        PyTorchNetwork network = PyTorchNetwork.Of(reader, window, activation);
        return new(name, network, ReadParameters(reader, network));
    }

    private static Parameters ReadParameters(SafetensorsReader reader, PyTorchNetwork network)
    {
        Parameters parameters;
        try
        {
            parameters = new(network.Spec, network.VocabularySize);
        }
        catch (InvalidOptionsException exception)
        {
            throw new ModelFileException(reader.Path, exception.Message.TrimEnd('.'), exception);
        }

        foreach (PyTorchTensor stored in network.Tensors)
        {
            SafetensorsTensor tensor = reader.Find(stored.Name)!;
            float[] values = new float[tensor.Count];
            reader.ReadFinite(tensor, 0, values);
            if (stored.IsAdded) Add(reader, tensor, values, parameters.GetValues(stored.Parameter));
            else parameters.Set(stored.Parameter, values);
        }

        return parameters;
    }

    private static void Add(SafetensorsReader reader, SafetensorsTensor tensor, ReadOnlySpan<float> values, Span<float> sums)
    {
        for (int index = 0; index < sums.Length; index++)
        {
            // -0 + 0 is 0, which would change the bits of the weight.
            if (values[index] != 0) sums[index] += values[index];
        }

        if (!TensorPrimitives.IsFiniteAll<float>(sums))
        {
            throw new ModelFileException(
                reader.Path, $"tensor '{tensor.Name}' and the bias that it is added to have a sum that is not finite");
        }
    }

    private protected override void Fill(LanguageModel model, ReadOnlySpan<int> places)
    {
        ParameterTensor?[] byToken =
        [
            model.Parameters.Embedding ?? model.Parameters.Layer(0).InputKernel,
            model.Parameters.DecoderKernel,
            model.Parameters.DecoderBias,
        ];
        foreach (ParameterTensor tensor in model.Parameters.Tensors)
        {
            ReadOnlySpan<float> from = parameters.GetValues(tensor.Name);
            Span<float> to = model.Parameters.GetValues(tensor);
            if (byToken.Contains(tensor)) TokenRows.Copy(from, places, to);
            else from.CopyTo(to);
        }

        model.Origin = new() { Program = "PyTorch", File = Path.GetFileName(Name) };
    }

    /// <summary>
    /// Whether embedding and decoder have the same values: a safetensors file has no shared tensors, so tied weights may be stored twice.
    /// </summary>
    private bool HasEqualMatrices() => network.Spec is { TiedEmbedding: false } spec && spec.EmbeddingSize == spec.HiddenSize
        && parameters.GetValues("embedding.weight").SequenceEqual(parameters.GetValues("decoder.weight"));
}

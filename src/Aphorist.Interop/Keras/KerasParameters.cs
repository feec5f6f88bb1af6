using Aphorist.Interop.Hdf5;

namespace Aphorist.Interop.Keras;

/// <summary>All weights of a Keras model, checked, with token rows in the order of Keras.</summary>
/// <param name="Embedding">[V, E]; null if there is none.</param>
/// <param name="Layers">The recurrent layers, from the first one up.</param>
/// <param name="DecoderKernel">[H, V].</param>
/// <param name="DecoderBias">[V].</param>
internal sealed record KerasParameters(
    float[]? Embedding, IReadOnlyList<KerasRecurrentWeights> Layers, float[] DecoderKernel, float[] DecoderBias)
{
    /// <summary>All arrays.</summary>
    public IEnumerable<float[]> Arrays =>
        [.. Embedding is null ? [] : new[] { Embedding }, .. Layers.SelectMany(layer => layer.Arrays), DecoderKernel, DecoderBias];

    /// <summary>Reads the weights.</summary>
    /// <param name="network">The model.</param>
    /// <param name="weights">The weights in the file.</param>
    /// <param name="gateScale">
    /// Returns the factor for the values of gates from <see cref="KerasRecurrentLayer.GateScale"/>. The same factor by default.
    /// </param>
    public static KerasParameters Read(KerasNetwork network, KerasWeights weights, Func<float, float>? gateScale = null)
    {
        (ModelSpec spec, long tokens) = (network.Spec, network.VocabularySize);
        float[]? embedding = network.Embedding is { } layer ? EmbeddingOf(layer, weights.Of(layer), tokens, spec.EmbeddingSize) : null;
        KerasRecurrentWeights[] layers =
            [.. network.Recurrent.Select((recurrent, index) => KerasRecurrentWeights.Read(
                Scaled(recurrent), weights.Of(recurrent.Layer), spec.InputSize(index) is > 0 and int size ? size : tokens))];
        (float[] kernel, float[] bias) = KerasDense.Read(network.Decoder, weights.Of(network.Decoder), spec.HiddenSize, tokens);
        return new(embedding, layers, kernel, bias);

        KerasRecurrentLayer Scaled(KerasRecurrentLayer layer) =>
            gateScale is null ? layer : layer with { GateScale = gateScale(layer.GateScale) };
    }

    /// <summary>Copies the weights to the parameters of a model, or to values of the same layout.</summary>
    /// <param name="parameters">The parameters to set.</param>
    /// <param name="places">Keras's id of each token of the model.</param>
    public void Place(Parameters parameters, ReadOnlySpan<int> places)
    {
        if (Embedding is not null) TokenRows.Copy(Embedding, places, parameters.GetValues(parameters.Embedding!));
        for (int index = 0; index < Layers.Count; index++)
        {
            (KerasRecurrentWeights layer, LayerParameters tensors) = (Layers[index], parameters.Layer(index));
            if (index == 0 && Embedding is null) TokenRows.Copy(layer.Kernel, places, parameters.GetValues(tensors.InputKernel));
            else layer.Kernel.CopyTo(parameters.GetValues(tensors.InputKernel));
            layer.Recurrent.CopyTo(parameters.GetValues(tensors.RecurrentKernel!));
            layer.Bias.CopyTo(parameters.GetValues(tensors.Bias));
            if (tensors.RecurrentBias is { } second) layer.RecurrentBias.CopyTo(parameters.GetValues(second));
        }

        CopyColumns(DecoderKernel, places, parameters.GetValues(parameters.DecoderKernel));
        TokenRows.Copy(DecoderBias, places, parameters.GetValues(parameters.DecoderBias));
    }

    private static float[] EmbeddingOf(KerasLayer layer, IReadOnlyList<Hdf5Array> arrays, long tokens, long size) =>
        arrays.Count == 1
            ? arrays[0].Read(tokens, size)
            : throw layer.Refused($"has {arrays.Count} arrays of weights in the file, but 1 is expected");

    /// <summary>Transposes a kernel: Keras has a column for each token, this library a row.</summary>
    private static void CopyColumns(ReadOnlySpan<float> from, ReadOnlySpan<int> places, Span<float> to)
    {
        int rows = to.Length / places.Length, tokens = from.Length / rows;
        for (int id = 0; id < places.Length; id++)
            for (int row = 0; row < rows; row++) to[id * rows + row] = from[row * tokens + places[id]];
    }
}

/// <summary>The weights of a Dense layer.</summary>
internal static class KerasDense
{
    /// <summary>Reads the kernel [H, V] and the bias [V], which is 0 if the layer has none.</summary>
    public static (float[] Kernel, float[] Bias) Read(KerasLayer layer, IReadOnlyList<Hdf5Array> arrays, long inputs, long outputs)
    {
        CheckCount(layer, arrays, 1);
        float[] kernel = arrays[0].Read(inputs, outputs);
        return (kernel, arrays.Count == 2 ? arrays[1].Read(outputs) : new float[outputs]);
    }

    /// <summary>Throws if a layer does not have the number of arrays of its class.</summary>
    public static void CheckCount(KerasLayer layer, IReadOnlyList<Hdf5Array> arrays, int kernels)
    {
        // Keras 1 has another name for use_bias of Dense.
        bool hasBias = !layer.IsOff("use_bias") && !layer.IsOff("bias");
        int expected = hasBias ? kernels + 1 : kernels;
        if (arrays.Count != expected) throw layer.Refused($"has {arrays.Count} arrays of weights in the file, but {expected} are expected");
    }
}

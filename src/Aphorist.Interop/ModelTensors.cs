namespace Aphorist.Interop;

/// <summary>Finds the tensors of a model by their names, which <see cref="Parameters"/> documents.</summary>
internal static class ModelTensors
{
    extension(Parameters parameters)
    {
        /// <summary>The embedding [V, E]; null if the first layer reads tokens.</summary>
        public ParameterTensor? Embedding => parameters.Find("embedding.weight");

        /// <summary>The decoder kernel [V, H]. The embedding itself if the weights are tied.</summary>
        public ParameterTensor DecoderKernel => parameters.Find("decoder.weight") ?? parameters.Embedding!;

        /// <summary>The bias of the decoder [V].</summary>
        public ParameterTensor DecoderBias => parameters["decoder.bias"];

        /// <summary>Returns the tensors of a layer, from 0.</summary>
        public LayerParameters Layer(int layer)
        {
            if (parameters.Find($"convolution.{layer}.weight") is { } kernel)
                return new(kernel, null, parameters[$"convolution.{layer}.bias"], null);
            if (parameters.Find($"gru.weight_ih_l{layer}") is { } input)
            {
                return new(
                    input,
                    parameters[$"gru.weight_hh_l{layer}"],
                    parameters[$"gru.bias_ih_l{layer}"],
                    parameters[$"gru.bias_hh_l{layer}"]);
            }

            string kind = parameters.Find($"rnn.weight_ih_l{layer}") is null ? "lstm" : "rnn";
            return new(
                parameters[$"{kind}.weight_ih_l{layer}"],
                parameters[$"{kind}.weight_hh_l{layer}"],
                parameters[$"{kind}.bias_l{layer}"],
                null);
        }

        private ParameterTensor? Find(string name) => parameters.TryGetTensor(name, out ParameterTensor? tensor) ? tensor : null;
    }

    extension(ParameterTensor tensor)
    {
        /// <summary>The first dimension.</summary>
        public int Rows => tensor.Shape[0];

        /// <summary>The product of the other dimensions.</summary>
        public int Columns => tensor.Length / tensor.Shape[0];
    }

    extension(ModelSpec spec)
    {
        /// <summary>The number of gate blocks G, of H rows each, in the kernel of a recurrent layer.</summary>
        public int GateCount => spec.Architecture switch
        {
            Architecture.Lstm => 4,
            Architecture.Gru => 3,
            _ => 1,
        };

        /// <summary>Whether the layers are GRUs that apply the reset gate before the product.</summary>
        public bool ResetsBefore => spec.Architecture == Architecture.Gru && spec.ResetGate == ResetGate.Before;

        /// <summary>Returns the length of the vectors that a layer reads; 0 if it reads tokens.</summary>
        public int InputSize(int layer) => layer == 0 ? spec.EmbeddingSize : spec.HiddenSize;
    }
}

/// <summary>The tensors of one layer.</summary>
/// <param name="InputKernel">W [G H, I], transposed in memory.</param>
/// <param name="RecurrentKernel">U [G H, H], transposed in memory; null for a convolution.</param>
/// <param name="Bias">b [G H].</param>
/// <param name="RecurrentBias">The second bias [G H] of a GRU; null for other layers.</param>
internal sealed record LayerParameters(
    ParameterTensor InputKernel, ParameterTensor? RecurrentKernel, ParameterTensor Bias, ParameterTensor? RecurrentBias);

/// <summary>Matrices that have a row for each token.</summary>
internal static class TokenRows
{
    /// <summary>Copies rows from another program's token order to ours.</summary>
    /// <param name="from">[W, ...], where W is the vocabulary size of the other program.</param>
    /// <param name="places">The row in <paramref name="from"/> of each of our tokens.</param>
    /// <param name="to">[V, ...].</param>
    public static void Copy(ReadOnlySpan<float> from, ReadOnlySpan<int> places, Span<float> to)
    {
        int length = to.Length / places.Length;
        for (int id = 0; id < places.Length; id++) from.Slice(places[id] * length, length).CopyTo(to[(id * length)..]);
    }
}

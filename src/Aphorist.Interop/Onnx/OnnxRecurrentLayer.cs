namespace Aphorist.Interop.Onnx;

/// <summary>An LSTM, GRU or RNN layer as the ONNX operator of that name.</summary>
internal static class OnnxRecurrentLayer
{
    // The positions of ONNX's gate blocks i, o, f, c in our i, f, g, o, and of its z, r, h in our r, z, n.
    private static readonly int[] LstmOrder = [0, 3, 1, 2], GruOrder = [1, 0, 2], RnnOrder = [0];

    /// <summary>Adds a layer and returns its output h [length, batch, H].</summary>
    /// <param name="network">The network to add to.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="input">The input: vectors [length, batch, I], or tokens [length, batch].</param>
    public static string Add(OnnxNetwork network, int layer, string input)
    {
        (ModelSpec spec, OnnxGraph graph) = (network.Model.Spec, network.Graph);
        (string operation, int[] order, string[] states) = spec.Architecture switch
        {
            Architecture.Lstm => ("LSTM", LstmOrder, (string[])["hidden", "cell"]),
            Architecture.Gru => ("GRU", GruOrder, ["hidden"]),
            _ => ("RNN", RnnOrder, ["hidden"]),
        };
        (string x, string w) = Input(network, layer, input, order);
        List<string> from = [x, w, RecurrentKernel(network, layer, order), Bias(network, layer, order)], to = [$"layer_{layer}_directions"];
        if (network.KeepsStates) AddStates(network, layer, states, from, to);
        graph.Node(operation, [.. from], [.. to], [OnnxAttribute.Integer("hidden_size", spec.HiddenSize), .. Formulas(spec)]);
        // The second dimension is the number of directions, which is 1.
        return graph.Node("Squeeze", [to[0], graph.Integers("second_axis", 1)], $"layer_{layer}_hidden");
    }

    /// <summary>Adds the input of the operator and its kernel W.</summary>
    /// <remarks>
    /// A layer that reads tokens multiplies one-hot vectors by W. If these are longer than the gates, the rows of W are gathered instead,
    /// and the kernel is the identity.
    /// </remarks>
    private static (string Input, string Kernel) Input(OnnxNetwork network, int layer, string input, int[] order)
    {
        ParameterTensor tensor = network.Model.Parameters.Layer(layer).InputKernel;
        bool readsTokens = network.Model.Spec.InputSize(layer) == 0;
        if (!readsTokens || tensor.Columns <= tensor.Rows)
            return (readsTokens ? network.OneHot(input) : input, Kernel(network, tensor, order, $"layer_{layer}_w"));

        string rows = network.Graph.Floats(
            "token_sums", [tensor.Columns, tensor.Rows], values => network.Model.Parameters.GetValues(tensor).CopyTo(values));
        string identity = network.Graph.Floats(
            $"layer_{layer}_w", [1, tensor.Rows, tensor.Rows], values => OnnxKernel.FillIdentity(order, tensor.Rows, values));
        return (network.Graph.Node("Gather", [rows, input], "sums"), identity);
    }

    private static string RecurrentKernel(OnnxNetwork network, int layer, int[] order) =>
        Kernel(network, network.Model.Parameters.Layer(layer).RecurrentKernel!, order, $"layer_{layer}_r");

    private static string Kernel(OnnxNetwork network, ParameterTensor tensor, int[] order, string name) => network.Graph.Floats(
        name, [1, tensor.Rows, tensor.Columns], values =>
            OnnxKernel.CopyTransposed(network.Model.Parameters.GetValues(tensor), order, tensor.Rows, values));

    private static string Bias(OnnxNetwork network, int layer, int[] order)
    {
        LayerParameters tensors = network.Model.Parameters.Layer(layer);
        return network.Graph.Floats(
            $"layer_{layer}_b", [1, 2 * tensors.Bias.Rows], values =>
                OnnxKernel.CopyBiases(network.Model.Parameters, tensors, order, values));
    }

    private static void AddStates(OnnxNetwork network, int layer, string[] names, List<string> from, List<string> to)
    {
        // The optional sequence lengths are omitted: all sequences of a batch have the same length.
        from.Add("");
        foreach (string name in names)
        {
            (string state, string next) = network.State($"{name}_{layer}", 1, OnnxDimension.Batch, network.Model.Spec.HiddenSize);
            from.Add(state);
            to.Add(next);
        }
    }

    /// <summary>The attributes that differ from the defaults of the operators.</summary>
    private static OnnxAttribute[] Formulas(ModelSpec spec)
    {
        if (spec.Architecture == Architecture.Rnn)
            return spec.Activation == Activation.Relu ? [OnnxAttribute.Strings("activations", "Relu")] : [];
        bool isGru = spec.Architecture == Architecture.Gru;
        OnnxAttribute[] reset = isGru ? [OnnxAttribute.Integer("linear_before_reset", spec.ResetsBefore ? 0 : 1)] : [];
        if (spec.Gates == GateActivation.Sigmoid) return reset;
        return
        [
            .. reset,
            // Activations of the gates, the candidate and, for an LSTM, the output.
            OnnxAttribute.Strings("activations", isGru ? ["HardSigmoid", "Tanh"] : ["HardSigmoid", "Tanh", "Tanh"]),
            OnnxAttribute.Floats("activation_alpha", 0.2f),
            OnnxAttribute.Floats("activation_beta", 0.5f),
        ];
    }
}

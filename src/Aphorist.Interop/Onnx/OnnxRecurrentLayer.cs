namespace Aphorist.Interop.Onnx;

/// <summary>An LSTM or GRU layer as ONNX's operator of that name.</summary>
internal static class OnnxRecurrentLayer
{
    // Where ONNX's blocks lie among ours: i, o, f, c among i, f, g, o, and z, r, h among r, z, n.
    private static readonly int[] LstmOrder = [0, 3, 1, 2], GruOrder = [1, 0, 2];

    /// <summary>Adds a layer, and returns its h [length, batch, H].</summary>
    /// <param name="network">What it is added to.</param>
    /// <param name="layer">Which layer.</param>
    /// <param name="input">What it reads: vectors [length, batch, I], or tokens [length, batch].</param>
    public static string Add(OnnxNetwork network, int layer, string input)
    {
        (ModelSpec spec, OnnxGraph graph) = (network.Model.Spec, network.Graph);
        bool isGru = spec.Architecture == Architecture.Gru;
        int[] order = isGru ? GruOrder : LstmOrder;
        (string x, string w) = Input(network, layer, input, order);
        List<string> from = [x, w, RecurrentKernel(network, layer, order), Bias(network, layer, order)], to = [$"layer_{layer}_directions"];
        if (network.KeepsStates) AddStates(network, layer, isGru ? ["hidden"] : ["hidden", "cell"], from, to);
        graph.Node(isGru ? "GRU" : "LSTM", [.. from], [.. to], [OnnxAttribute.Integer("hidden_size", spec.HiddenSize), .. Formulas(spec)]);
        // Behind the length there is a dimension for the directions of reading, of which there is one.
        return graph.Node("Squeeze", [to[0], graph.Integers("second_axis", 1)], $"layer_{layer}_hidden");
    }

    /// <summary>What the operator reads and the kernel W for it.</summary>
    /// <remarks>A layer that reads tokens takes the product with a one-hot row, or, where that is longer than the gates, the token's row of sums, with nothing left to multiply by.</remarks>
    private static (string Input, string Kernel) Input(OnnxNetwork network, int layer, string input, int[] order)
    {
        ParameterTensor tensor = network.Model.Parameters.Layer(layer).InputKernel;
        bool readsTokens = network.Model.Spec.InputSize(layer) == 0;
        if (!readsTokens || tensor.Columns <= tensor.Rows)
            return (readsTokens ? network.OneHot(input) : input, Kernel(network, tensor, order, $"layer_{layer}_w"));

        string rows = network.Graph.Floats("token_sums", [tensor.Columns, tensor.Rows], values => network.Model.Parameters.GetValues(tensor).CopyTo(values));
        string identity = network.Graph.Floats($"layer_{layer}_w", [1, tensor.Rows, tensor.Rows], values => OnnxKernel.FillIdentity(order, tensor.Rows, values));
        return (network.Graph.Node("Gather", [rows, input], "sums"), identity);
    }

    private static string RecurrentKernel(OnnxNetwork network, int layer, int[] order) =>
        Kernel(network, network.Model.Parameters.Layer(layer).RecurrentKernel!, order, $"layer_{layer}_r");

    private static string Kernel(OnnxNetwork network, ParameterTensor tensor, int[] order, string name) => network.Graph.Floats(
        name, [1, tensor.Rows, tensor.Columns], values => OnnxKernel.CopyTransposed(network.Model.Parameters.GetValues(tensor), order, tensor.Rows, values));

    private static string Bias(OnnxNetwork network, int layer, int[] order)
    {
        LayerParameters tensors = network.Model.Parameters.Layer(layer);
        return network.Graph.Floats(
            $"layer_{layer}_b", [1, 2 * tensors.Bias.Rows], values => OnnxKernel.CopyBiases(network.Model.Parameters, tensors, order, values));
    }

    private static void AddStates(OnnxNetwork network, int layer, string[] names, List<string> from, List<string> to)
    {
        // All sequences of a batch have the same length, so none are given.
        from.Add("");
        foreach (string name in names)
        {
            (string state, string next) = network.State($"{name}_{layer}", 1, OnnxDimension.Batch, network.Model.Spec.HiddenSize);
            from.Add(state);
            to.Add(next);
        }
    }

    /// <summary>What the operators leave open.</summary>
    private static OnnxAttribute[] Formulas(ModelSpec spec)
    {
        bool isGru = spec.Architecture == Architecture.Gru;
        OnnxAttribute[] reset = isGru ? [OnnxAttribute.Integer("linear_before_reset", spec.ResetsBefore ? 0 : 1)] : [];
        if (spec.Gates == GateActivation.Sigmoid) return reset;
        return
        [
            .. reset,
            // Of the gates, the candidate and, of an LSTM, the output.
            OnnxAttribute.Strings("activations", isGru ? ["HardSigmoid", "Tanh"] : ["HardSigmoid", "Tanh", "Tanh"]),
            OnnxAttribute.Floats("activation_alpha", 0.2f),
            OnnxAttribute.Floats("activation_beta", 0.5f),
        ];
    }
}

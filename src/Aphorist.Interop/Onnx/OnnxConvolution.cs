namespace Aphorist.Interop.Onnx;

/// <summary>A causal convolution layer with gated units: tanh(p) sigmoid(q), plus its input in all layers but the first.</summary>
internal static class OnnxConvolution
{
    /// <summary>Adds a layer and returns its output h [length, batch, H].</summary>
    /// <param name="network">The network to add to.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="input">The input: vectors [length, batch, I], or tokens [length, batch].</param>
    public static string Add(OnnxNetwork network, int layer, string input)
    {
        (OnnxGraph graph, string name) = (network.Graph, $"layer_{layer}");
        if (network.Model.Spec.InputSize(layer) == 0) input = network.OneHot(input);
        graph.Node("Split", [Sums(network, layer, input)], [$"{name}_p", $"{name}_q"], OnnxAttribute.Integer("axis", 1));
        string candidate = graph.Node("Tanh", [$"{name}_p"], $"{name}_candidate"),
            gate = graph.Node("Sigmoid", [$"{name}_q"], $"{name}_gate");
        string gated = graph.Node("Mul", [candidate, gate], $"{name}_gated");
        string hidden = graph.Node("Transpose", [gated], $"{name}_hidden", OnnxAttribute.Integers("perm", 2, 0, 1));
        return layer == 0 ? hidden : graph.Node("Add", [input, hidden], $"{name}_sum");
    }

    /// <summary>Adds the convolution and returns p and q [batch, 2H, length].</summary>
    private static string Sums(OnnxNetwork network, int layer, string input)
    {
        (ModelSpec spec, LayerParameters tensors) = (network.Model.Spec, network.Model.Parameters.Layer(layer));
        ParameterTensor kernel = tensors.InputKernel;
        string weight = network.Graph.Floats(
            $"layer_{layer}_w", [.. kernel.Shape], values =>
                OnnxKernel.CopyTransposed(network.Model.Parameters.GetValues(kernel), [0], kernel.Rows, values));
        string steps = network.Graph.Node("Transpose", [input], $"layer_{layer}_steps", OnnxAttribute.Integers("perm", 1, 2, 0));
        int dilation = (int)Math.Round(Math.Pow(spec.KernelSize, layer)), past = (spec.KernelSize - 1) * dilation;
        if (network.KeepsStates) steps = Remember(network, layer, steps, kernel.Shape[1], past);
        return network.Graph.Node(
            "Conv", [steps, weight, network.Tensor(tensors.Bias)], $"layer_{layer}_sums",
            OnnxAttribute.Integers("kernel_shape", spec.KernelSize), OnnxAttribute.Integers("dilations", dilation),
            OnnxAttribute.Integers("pads", network.KeepsStates ? 0 : past, 0));
    }

    /// <summary>Prepends the past inputs that the kernel covers to the new one, and outputs all but the oldest as the next state.</summary>
    private static string Remember(OnnxNetwork network, int layer, string steps, int inputs, int past)
    {
        OnnxGraph graph = network.Graph;
        (string state, string next) = network.State($"past_{layer}", OnnxDimension.Batch, inputs, past);
        string met = graph.Node("Concat", [state, steps], $"layer_{layer}_met", OnnxAttribute.Integer("axis", 2));
        graph.Node("Slice", [met, graph.Integers("second", 1), graph.Integers("end", int.MaxValue), graph.Integers("time_axis", 2)], next);
        return met;
    }
}

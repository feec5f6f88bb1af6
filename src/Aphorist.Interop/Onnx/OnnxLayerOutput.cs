namespace Aphorist.Interop.Onnx;

/// <summary>The output of a layer: y = N(h) + x, with the normalization N and the residual connection x where the model has them.</summary>
internal static class OnnxLayerOutput
{
    // That of the library; see ModelSpec.LayerNormalization.
    private const float Epsilon = 1e-5f;

    /// <summary>Adds the nodes that follow h, and returns y.</summary>
    /// <param name="network">The network to add to.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="hidden">h [length, batch, H].</param>
    /// <param name="input">x [length, batch, H]; only used if it is added.</param>
    public static string Add(OnnxNetwork network, int layer, string hidden, string input)
    {
        (ModelSpec spec, Parameters parameters) = (network.Model.Spec, network.Model.Parameters);
        if (spec.LayerNormalization)
        {
            string gain = network.Tensor(parameters[$"layer_norm.weight_l{layer}"]), bias = network.Tensor(parameters[$"layer_norm.bias_l{layer}"]);
            hidden = network.Graph.Node(
                "LayerNormalization", [hidden, gain, bias], $"layer_{layer}_normalized",
                OnnxAttribute.Integer("axis", -1), OnnxAttribute.Float("epsilon", Epsilon));
        }

        return spec.Residual && layer > 0 ? network.Graph.Node("Add", [hidden, input], $"layer_{layer}_output") : hidden;
    }
}

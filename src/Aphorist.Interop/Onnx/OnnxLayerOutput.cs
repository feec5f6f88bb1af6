using Aphorist.Model.Layers;

namespace Aphorist.Interop.Onnx;

/// <summary>What a layer hands on: y = N(h) + x, the normalisation and the layer's input each only where the model has it.</summary>
internal static class OnnxLayerOutput
{
    /// <summary>Adds what is done to h, and returns y.</summary>
    /// <param name="network">What it is added to.</param>
    /// <param name="layer">Which layer.</param>
    /// <param name="hidden">h [length, batch, H].</param>
    /// <param name="input">x [length, batch, H]; only read where it is added.</param>
    public static string Add(OnnxNetwork network, int layer, string hidden, string input)
    {
        ModelSpec spec = network.Model.Spec;
        if (spec.LayerNormalization)
        {
            NormalizationTensors tensors = network.Model.Layout.Normalizations[layer];
            hidden = network.Graph.Node(
                "LayerNormalization", [hidden, network.Tensor(tensors.Gain), network.Tensor(tensors.Bias)], $"layer_{layer}_normalized",
                OnnxAttribute.Integer("axis", -1), OnnxAttribute.Float("epsilon", LayerNormalization.Epsilon));
        }

        return spec.AddsInput(layer) ? network.Graph.Node("Add", [hidden, input], $"layer_{layer}_output") : hidden;
    }
}

namespace Aphorist.Model.Layers;

/// <summary>The tensors of one layer with G gates of H units.</summary>
/// <param name="InputKernel">
/// W: [I, G H] in memory, where I is the size of the vocabulary if the layer reads tokens; [I, K, G H] for a convolution.
/// </param>
/// <param name="RecurrentKernel">U: [H, G H] in memory; null for a convolution.</param>
/// <param name="Bias">b: [G H], added to x W.</param>
/// <param name="RecurrentBias">The second bias [G H] of a GRU, added to h U; null for other layers.</param>
internal sealed record LayerTensors(
    ParameterTensor InputKernel, ParameterTensor? RecurrentKernel, ParameterTensor Bias, ParameterTensor? RecurrentBias);

/// <summary>The tensors of one layer's normalization.</summary>
/// <param name="Gain">g: [H].</param>
/// <param name="Bias">b: [H].</param>
internal sealed record NormalizationTensors(ParameterTensor Gain, ParameterTensor Bias);

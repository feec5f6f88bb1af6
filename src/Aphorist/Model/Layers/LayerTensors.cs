namespace Aphorist.Model.Layers;

/// <summary>The tensors of one layer with G gates of H units.</summary>
/// <param name="InputKernel">W: [I, G H] in memory, with I the vocabulary's size where the layer reads tokens; a convolution's is [I, K, G H].</param>
/// <param name="RecurrentKernel">U: [H, G H] in memory; a convolution has none.</param>
/// <param name="Bias">b: [G H], added to x W.</param>
/// <param name="RecurrentBias">A GRU's second bias [G H], added to h U; others need none.</param>
internal sealed record LayerTensors(ParameterTensor InputKernel, ParameterTensor? RecurrentKernel, ParameterTensor Bias, ParameterTensor? RecurrentBias);

namespace Aphorist.Model.Layers;

/// <summary>The tensors of one layer's normalisation.</summary>
/// <param name="Gain">g: [H].</param>
/// <param name="Bias">b: [H].</param>
internal sealed record NormalizationTensors(ParameterTensor Gain, ParameterTensor Bias);

namespace Aphorist.Interop.Tests.PyTorch;

/// <summary>A tensor of a state dict.</summary>
/// <param name="Values">Its values, row by row.</param>
/// <param name="Shape">Its shape.</param>
internal sealed record StateDictTensor(float[] Values, params int[] Shape);

namespace Aphorist;

/// <summary>The activation function of the gates of an LSTM or a GRU.</summary>
public enum GateActivation
{
    /// <summary>The logistic sigmoid, 1 / (1 + exp(-x)), as in PyTorch and in Keras since 2.3.</summary>
    Sigmoid,

    /// <summary>The hard sigmoid, clip(0.2 x + 0.5, 0, 1), as in Keras up to 2.2 and in the notebook.</summary>
    HardSigmoid,
}

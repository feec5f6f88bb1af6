namespace Aphorist;

/// <summary>The function that turns the sum of an LSTM's or a GRU's gate into a share between 0 and 1.</summary>
public enum GateActivation
{
    /// <summary>The logistic sigmoid, 1 / (1 + exp(-x)): Keras from 2.3 on, PyTorch.</summary>
    Sigmoid,

    /// <summary>clip(0.2 x + 0.5, 0, 1): Keras up to 2.2, and so the notebook.</summary>
    HardSigmoid,
}

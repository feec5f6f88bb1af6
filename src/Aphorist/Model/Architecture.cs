namespace Aphorist;

/// <summary>The kind of the layers of a model.</summary>
public enum Architecture
{
    /// <summary>Long short-term memory with forget gates (Hochreiter and Schmidhuber, 1997; Gers and others, 2000).</summary>
    Lstm,

    /// <summary>Gated recurrent units (Cho and others, 2014), in both conventions of <see cref="ResetGate"/>.</summary>
    Gru,

    /// <summary>Dilated causal convolutions with gated units, as in WaveNet (van den Oord and others, 2016).</summary>
    Convolution,

    /// <summary>Vanilla recurrent layers (Elman, 1990): h' = f(x W + b + h U), where f is the <see cref="Activation"/>.</summary>
    Rnn,
}

/// <summary>The activation function of a vanilla RNN, called nonlinearity in PyTorch.</summary>
public enum Activation
{
    /// <summary>The hyperbolic tangent, the default in Keras and PyTorch.</summary>
    Tanh,

    /// <summary>The rectified linear unit, max(0, x).</summary>
    Relu,
}

/// <summary>The activation function of the gates of an LSTM or a GRU.</summary>
public enum GateActivation
{
    /// <summary>The logistic sigmoid, 1 / (1 + exp(-x)), as in PyTorch and in Keras since 2.3.</summary>
    Sigmoid,

    /// <summary>The hard sigmoid, clip(0.2 x + 0.5, 0, 1), as in Keras up to 2.2 and in the notebook.</summary>
    HardSigmoid,
}

/// <summary>
/// The position of the reset gate in a GRU. The two conventions compute different functions, so their weights are not interchangeable.
/// </summary>
public enum ResetGate
{
    /// <summary>
    /// After the product with the recurrent kernel, tanh(x W + b + r * (h U + b')), as in PyTorch, and in Keras with
    /// <c>reset_after=True</c>.
    /// </summary>
    After,

    /// <summary>
    /// Before the product, tanh(x W + b + (r * h) U + b'), as in Cho and others (2014), and in Keras with <c>reset_after=False</c>.
    /// </summary>
    Before,
}

namespace Aphorist;

/// <summary>
/// The position of the reset gate in a GRU. The two conventions compute different functions, so their weights are not interchangeable.
/// </summary>
public enum ResetGate
{
    /// <summary>After the product with the recurrent kernel, tanh(x W + b + r * (h U + b')), as in PyTorch, and in Keras with <c>reset_after=True</c>.</summary>
    After,

    /// <summary>Before the product, tanh(x W + b + (r * h) U + b'), as in Cho and others (2014), and in Keras with <c>reset_after=False</c>.</summary>
    Before,
}

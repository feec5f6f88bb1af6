namespace Aphorist;

/// <summary>Where a GRU's reset gate works: two conventions that compute different things, so that weights of one are of no use in the other.</summary>
public enum ResetGate
{
    /// <summary>After the product with the recurrent kernel, tanh(x W + b + r * (h U + b')): PyTorch, and Keras with <c>reset_after=True</c>.</summary>
    After,

    /// <summary>Before it, tanh(x W + b + (r * h) U + b'): Cho and others (2014), and Keras with <c>reset_after=False</c>.</summary>
    Before,
}

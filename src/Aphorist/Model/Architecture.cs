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
}

namespace Aphorist;

/// <summary>What a model's layers are.</summary>
public enum Architecture
{
    /// <summary>Long short-term memory (Hochreiter, Schmidhuber, 1997), with forget gates.</summary>
    Lstm,

    /// <summary>Gated recurrent units (Cho and others, 2014), in both conventions of <see cref="ModelSpec.ResetGate"/>.</summary>
    Gru,

    /// <summary>Causal convolutions with gaps and gated units, as WaveNet has them (van den Oord and others, 2016): each layer looks further back.</summary>
    Convolution,
}

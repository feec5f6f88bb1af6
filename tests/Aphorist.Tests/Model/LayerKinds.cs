namespace Aphorist.Tests.Model;

/// <summary>A shape for each kind of layer and each of its activations.</summary>
internal static class LayerKinds
{
    public static IReadOnlyList<ModelSpec> All { get; } =
    [
        new() { Architecture = Architecture.Lstm, Gates = GateActivation.Sigmoid },
        new() { Architecture = Architecture.Lstm, Gates = GateActivation.HardSigmoid },
        new() { Architecture = Architecture.Gru, Gates = GateActivation.Sigmoid },
        new() { Architecture = Architecture.Gru, Gates = GateActivation.HardSigmoid },
        new() { Architecture = Architecture.Gru, ResetGate = ResetGate.Before, Gates = GateActivation.Sigmoid },
        new() { Architecture = Architecture.Gru, ResetGate = ResetGate.Before, Gates = GateActivation.HardSigmoid },
        new() { Architecture = Architecture.Convolution },
        new() { Architecture = Architecture.Rnn },
        new() { Architecture = Architecture.Rnn, Activation = Activation.Relu },
    ];

    /// <summary>
    /// The same shape with normalized layers and, but for convolutions, which have some of their own, residual connections.
    /// </summary>
    public static ModelSpec Connect(ModelSpec spec) =>
        spec with { Residual = spec.Architecture != Architecture.Convolution, LayerNormalization = true };
}

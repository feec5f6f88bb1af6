using Aphorist.Model;

namespace Aphorist.Tests.Model;

/// <summary>A shape of each kind of layers.</summary>
internal static class LayerKinds
{
    public static IReadOnlyList<ModelSpec> All { get; } =
    [
        new() { Architecture = Architecture.Lstm },
        new() { Architecture = Architecture.Gru },
        new() { Architecture = Architecture.Gru, ResetGate = ResetGate.Before },
        new() { Architecture = Architecture.Gru, Gates = GateActivation.HardSigmoid },
        new() { Architecture = Architecture.Gru, ResetGate = ResetGate.Before, Gates = GateActivation.HardSigmoid },
        new() { Architecture = Architecture.Convolution },
    ];

    /// <summary>The same shape with normalised layers and, but for convolutions, which have some of their own, residual connections.</summary>
    public static ModelSpec Connect(ModelSpec spec) => spec with { Residual = spec.Architecture != Architecture.Convolution, LayerNormalization = true };
}

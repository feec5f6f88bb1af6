namespace Aphorist.Inspection;

/// <summary>
/// The saturation of one gate of a layer over a text: how often it was nearly closed or nearly open (Karpathy, Johnson and Fei-Fei, 2015).
/// </summary>
public sealed class GateSaturation
{
    /// <summary>A gate below this value is left-saturated: nearly closed.</summary>
    public const float LeftBound = 0.1f;

    /// <summary>A gate above this value is right-saturated: nearly open.</summary>
    public const float RightBound = 0.9f;

    internal GateSaturation(int layer, string gate, IReadOnlyList<double> leftShares, IReadOnlyList<double> rightShares) =>
        (Layer, Gate, LeftShares, RightShares) = (layer, gate, leftShares, rightShares);

    /// <summary>The layer, from 0.</summary>
    public int Layer { get; }

    /// <summary>
    /// The name of the gate: input, forget or output for an LSTM; reset or update for a GRU; output for a convolution. An open update gate
    /// keeps the old state.
    /// </summary>
    public string Gate { get; }

    /// <summary>For each unit, the share of tokens, from 0 to 1, at which its gate was below <see cref="LeftBound"/>.</summary>
    public IReadOnlyList<double> LeftShares { get; }

    /// <summary>For each unit, the share of tokens, from 0 to 1, at which its gate was above <see cref="RightBound"/>.</summary>
    public IReadOnlyList<double> RightShares { get; }

    /// <summary>The mean of <see cref="LeftShares"/>.</summary>
    public double LeftShare => LeftShares.Average();

    /// <summary>The mean of <see cref="RightShares"/>.</summary>
    public double RightShare => RightShares.Average();
}

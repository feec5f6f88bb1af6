namespace Aphorist.Inspection;

/// <summary>How often the gates of a layer's units stood nearly shut or nearly open, over a whole text (Karpathy, Johnson, Fei-Fei, 2015).</summary>
public sealed class GateSaturation
{
    /// <summary>A gate below this is saturated to the left: nearly shut.</summary>
    public const float LeftBound = 0.1f;

    /// <summary>A gate above this is saturated to the right: nearly open.</summary>
    public const float RightBound = 0.9f;

    internal GateSaturation(int layer, string gate, IReadOnlyList<double> leftShares, IReadOnlyList<double> rightShares) =>
        (Layer, Gate, LeftShares, RightShares) = (layer, gate, leftShares, rightShares);

    /// <summary>The layer, from 0.</summary>
    public int Layer { get; }

    /// <summary>
    /// Which gate: input, forget and output of an LSTM; reset and update of a GRU, whose update gate keeps the old state where it is open; the output gate of a
    /// convolution.
    /// </summary>
    public string Gate { get; }

    /// <summary>Of each unit [H], the share of all tokens, from 0 to 1, at which its gate was below <see cref="LeftBound"/>.</summary>
    public IReadOnlyList<double> LeftShares { get; }

    /// <summary>Of each unit [H], the share of all tokens, from 0 to 1, at which its gate was above <see cref="RightBound"/>.</summary>
    public IReadOnlyList<double> RightShares { get; }

    /// <summary>The mean of <see cref="LeftShares"/>.</summary>
    public double LeftShare => LeftShares.Average();

    /// <summary>The mean of <see cref="RightShares"/>.</summary>
    public double RightShare => RightShares.Average();
}

namespace Aphorist.Inspection;

/// <summary>Counts the tokens at which the gates of a layer's units were saturated.</summary>
internal sealed class GateCounts(int layer, string gate, int place, int units)
{
    private readonly long[] left = new long[units], right = new long[units];
    private long tokens;

    /// <summary>Creates one counter for each gate of a layer.</summary>
    public static IEnumerable<GateCounts> OfLayer(ModelSpec spec, int layer) =>
        spec.Kind.Gates.Select(gate => new GateCounts(layer, gate.Name, gate.Index, spec.HiddenSize));

    /// <summary>Counts the gates after the last token.</summary>
    public void Add(CellReader cells)
    {
        ReadOnlySpan<float> values = cells.Gate(layer, place);
        for (int unit = 0; unit < values.Length; unit++)
        {
            if (values[unit] < GateSaturation.LeftBound) left[unit]++;
            else if (values[unit] > GateSaturation.RightBound) right[unit]++;
        }

        tokens++;
    }

    public GateSaturation ToSaturation() => new(layer, gate, [.. left.Select(Share)], [.. right.Select(Share)]);

    private double Share(long count) => (double)count / tokens;
}

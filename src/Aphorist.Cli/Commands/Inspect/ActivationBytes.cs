using Aphorist.Inspection;

namespace Aphorist.Cli.Commands.Inspect;

/// <summary>The activations that were kept as a signed byte each, one cell after the other.</summary>
/// <param name="Values">[cells, tokens]: 127 times the value, divided by the scale of its layer.</param>
/// <param name="Scales">[layers]: 1, or the largest absolute value where that is greater, which the outputs of convolutions may be.</param>
internal sealed record ActivationBytes(byte[] Values, float[] Scales)
{
    private const float Most = 127;

    public static ActivationBytes Of(CellInspection cells)
    {
        int tokens = cells.Pieces.Count;
        float[] scales = ScalesOf(cells);
        byte[] values = new byte[(long)cells.CellCount * tokens];
        for (int token = 0; token < tokens; token++)
        {
            ReadOnlySpan<float> activations = cells.GetActivations(token);
            for (int cell = 0; cell < activations.Length; cell++)
                values[cell * tokens + token] = (byte)(sbyte)MathF.Round(Most * activations[cell] / scales[cell / cells.Units]);
        }

        return new ActivationBytes(values, scales);
    }

    private static float[] ScalesOf(CellInspection cells)
    {
        float[] scales = new float[cells.Layers];
        Array.Fill(scales, 1f);
        for (int token = 0; token < cells.Pieces.Count; token++)
        {
            ReadOnlySpan<float> activations = cells.GetActivations(token);
            for (int cell = 0; cell < activations.Length; cell++)
                scales[cell / cells.Units] = Math.Max(scales[cell / cells.Units], Math.Abs(activations[cell]));
        }

        return scales;
    }
}

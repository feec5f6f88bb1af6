using System.Numerics.Tensors;

namespace Aphorist.Inspection;

/// <summary>Computes the Pearson correlations of cells with features in one pass over any number of tokens.</summary>
/// <remarks>
/// Accumulates products of the differences from the running means (Welford, 1962). This avoids cancellation in long texts, and a constant
/// value has a sum of squares of exactly 0.
/// </remarks>
internal sealed class CorrelationSums(int cells, int features)
{
    private readonly double[] cellMeans = new double[cells], cellSquares = new double[cells];
    private readonly double[] featureMeans = new double[features], featureSquares = new double[features];
    private readonly double[] distances = new double[cells], scaled = new double[cells];
    private readonly double[][] products = [.. Enumerable.Range(0, features).Select(_ => new double[cells])];
    private long count;

    /// <summary>Adds the values at one token.</summary>
    /// <param name="cellValues">[cells].</param>
    /// <param name="featureValues">[features].</param>
    public void Add(ReadOnlySpan<float> cellValues, ReadOnlySpan<double> featureValues)
    {
        count++;
        // The factor from the difference to the old mean to the difference to the new mean.
        double factor = (count - 1.0) / count;
        TensorPrimitives.ConvertTruncating<float, double>(cellValues, distances);
        TensorPrimitives.Subtract(distances, cellMeans, distances);
        TensorPrimitives.MultiplyAdd(distances, 1.0 / count, cellMeans, cellMeans);
        TensorPrimitives.Multiply(distances, factor, scaled);
        TensorPrimitives.MultiplyAdd(distances, scaled, cellSquares, cellSquares);
        for (int feature = 0; feature < featureValues.Length; feature++)
        {
            double distance = featureValues[feature] - featureMeans[feature];
            featureMeans[feature] += distance / count;
            featureSquares[feature] += distance * distance * factor;
            TensorPrimitives.MultiplyAdd(scaled, distance, products[feature], products[feature]);
        }
    }

    /// <summary>Whether a feature has more than one value.</summary>
    public bool Varies(int feature) => featureSquares[feature] > 0;

    /// <summary>Returns the correlation of a cell with a feature; NaN if either is constant.</summary>
    public double Of(int cell, int feature)
    {
        double scale = Math.Sqrt(cellSquares[cell]) * Math.Sqrt(featureSquares[feature]);
        return scale > 0 ? Math.Clamp(products[feature][cell] / scale, -1, 1) : double.NaN;
    }
}

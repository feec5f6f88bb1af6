using System.Globalization;

namespace Aphorist.Inspection;

/// <summary>The correlations of all cells of a model with one feature of a text.</summary>
public sealed class FeatureCorrelations
{
    internal FeatureCorrelations(TextFeature feature, bool varies, IReadOnlyList<CellCorrelation> cells, IReadOnlyList<double> values) =>
        (Feature, Varies, Cells, Values) = (feature, varies, cells, values);

    /// <summary>The feature.</summary>
    public TextFeature Feature { get; }

    /// <summary>
    /// Whether the feature has more than one value in the text. A constant feature, for example quotations in a text without quotation
    /// marks, has no correlations.
    /// </summary>
    public bool Varies { get; }

    /// <summary>The cells whose value varies, sorted by descending absolute correlation. Empty if the feature does not vary.</summary>
    public IReadOnlyList<CellCorrelation> Cells { get; }

    /// <summary>The value of the feature at the last character of each token whose activations are kept.</summary>
    public IReadOnlyList<double> Values { get; }
}

/// <summary>The correlation of a cell with a feature of a text.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Correlation">
/// Pearson's correlation coefficient, from -1 to 1. It is negative if the cell falls as the feature rises.
/// </param>
public readonly record struct CellCorrelation(CellIndex Cell, double Correlation);

/// <summary>A cell of a model.</summary>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Unit">The index of the unit in the layer, from 0.</param>
public readonly record struct CellIndex(int Layer, int Unit)
{
    /// <summary>Returns the layer and the unit with a colon between them, for example <c>0:137</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Layer}:{Unit}");
}

namespace Aphorist.Inspection;

/// <summary>How closely all cells of a model follow one feature of a text.</summary>
public sealed class FeatureCorrelations
{
    internal FeatureCorrelations(TextFeature feature, bool varies, IReadOnlyList<CellCorrelation> cells, IReadOnlyList<double> values) =>
        (Feature, Varies, Cells, Values) = (feature, varies, cells, values);

    /// <summary>The feature.</summary>
    public TextFeature Feature { get; }

    /// <summary>Whether the feature has different values in the text. Where it has not, as quotation in a text without quotation marks, nothing can follow it.</summary>
    public bool Varies { get; }

    /// <summary>The cells whose value varies, the closest first: those with the greatest absolute correlation. Empty if the feature does not vary.</summary>
    public IReadOnlyList<CellCorrelation> Cells { get; }

    /// <summary>The feature's value at each of the tokens whose activations were kept: at the last character of the token.</summary>
    public IReadOnlyList<double> Values { get; }
}

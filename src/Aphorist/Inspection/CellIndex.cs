using System.Globalization;

namespace Aphorist.Inspection;

/// <summary>Which of a model's cells: its layer and its place there, both from 0, as the tensors of a model file count them.</summary>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Unit">The place among the layer's units.</param>
public readonly record struct CellIndex(int Layer, int Unit)
{
    /// <summary>Layer and unit with a colon between them: <c>0:137</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Layer}:{Unit}");
}

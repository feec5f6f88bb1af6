namespace Aphorist.Inspection;

/// <summary>How closely a cell follows a feature of the text.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Correlation">Pearson's coefficient, from -1 to 1; below 0 where the cell falls as the feature rises.</param>
public readonly record struct CellCorrelation(CellIndex Cell, double Correlation);

using Aphorist.Inspection;

namespace Aphorist.Cli.Commands.Inspect;

/// <summary>What was found when a model read a text, and what both are called.</summary>
/// <param name="ModelName">The model's file or run, as the call named it.</param>
/// <param name="Model">The model.</param>
/// <param name="TextName">What the text is called.</param>
/// <param name="Cells">What was found.</param>
/// <param name="Best">Cells to be listed for each feature.</param>
internal sealed record InspectedText(string ModelName, LanguageModel Model, string TextName, CellInspection Cells, int Best)
{
    /// <summary>The cells to be listed for a feature, the closest first.</summary>
    public IEnumerable<CellCorrelation> BestOf(FeatureCorrelations feature) => feature.Cells.Take(Best);
}

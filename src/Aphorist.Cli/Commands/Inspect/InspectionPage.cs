using System.Globalization;
using System.Text;
using System.Text.Json;
using Aphorist.Cli.Commands.Info;
using Aphorist.Cli.Pages;
using Aphorist.Inspection;

namespace Aphorist.Cli.Commands.Inspect;

/// <summary>The page in which one picks a cell and sees where it fires; inspect.html makes it of the data written here.</summary>
internal static class InspectionPage
{
    /// <summary>The page as UTF-8.</summary>
    public static byte[] Of(InspectedText inspected) => Encoding.UTF8.GetBytes(
        HtmlPage.Of("inspect.html", $"Cells of {inspected.ModelName} reading {inspected.TextName}", json => WriteData(json, inspected)));

    private static void WriteData(Utf8JsonWriter json, InspectedText inspected)
    {
        CellInspection cells = inspected.Cells;
        json.WriteString("facts", FactsOf(inspected));
        json.WriteString("meaning", MeaningOf(inspected.Model.Spec.Architecture));
        json.WriteNumber("layers", cells.Layers);
        json.WriteNumber("units", cells.Units);
        json.WriteStartArray("pieces");
        foreach (string piece in cells.Pieces) json.WriteStringValue(piece);
        json.WriteEndArray();
        ActivationBytes bytes = ActivationBytes.Of(cells);
        json.WriteStartArray("scales");
        foreach (float scale in bytes.Scales) json.WriteNumberValue(scale);
        json.WriteEndArray();
        json.WriteBase64String("activations", bytes.Values);
        json.WriteStartArray("features");
        foreach (FeatureCorrelations feature in cells.Features) WriteFeature(json, inspected, feature);
        json.WriteEndArray();
        json.WriteStartArray("gates");
        foreach (GateSaturation gate in cells.Gates) WriteGate(json, gate);
        json.WriteEndArray();
    }

    private static string FactsOf(InspectedText inspected)
    {
        CellInspection cells = inspected.Cells;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ModelDescription.ShapeOf(inspected.Model.Spec)}. Correlations over {cells.TokenCount:N0} {inspected.Model.Tokenizer.UnitName}, of which the first {cells.Pieces.Count:N0} are shown.");
    }

    private static string MeaningOf(Architecture architecture) => architecture switch
    {
        Architecture.Lstm => "tanh(c) after each token",
        Architecture.Gru => "h after each token",
        _ => "output at each token",
    };

    private static void WriteFeature(Utf8JsonWriter json, InspectedText inspected, FeatureCorrelations feature)
    {
        json.WriteStartObject();
        json.WriteString("name", feature.Feature.Name);
        json.WriteString("meaning", feature.Feature.Meaning);
        double most = feature.Values.DefaultIfEmpty().Max();
        json.WriteNumber("most", most);
        json.WriteBase64String("values", [.. feature.Values.Select(value => most > 0 ? (byte)Math.Round(255 * value / most) : (byte)0)]);
        json.WriteStartArray("best");
        foreach (CellCorrelation best in inspected.BestOf(feature))
        {
            json.WriteStartObject();
            json.WriteNumber("cell", NumberOf(best.Cell, inspected.Cells));
            json.WriteNumber("correlation", Rounded(best.Correlation));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteCorrelations(json, inspected.Cells, feature);
        json.WriteEndObject();
    }

    /// <summary>Of each cell, in their order; null where there is none.</summary>
    private static void WriteCorrelations(Utf8JsonWriter json, CellInspection cells, FeatureCorrelations feature)
    {
        double?[] correlations = new double?[cells.CellCount];
        foreach (CellCorrelation it in feature.Cells) correlations[NumberOf(it.Cell, cells)] = it.Correlation;
        json.WriteStartArray("correlations");
        foreach (double? correlation in correlations)
        {
            if (correlation is double number) json.WriteNumberValue(Rounded(number));
            else json.WriteNullValue();
        }

        json.WriteEndArray();
    }

    private static void WriteGate(Utf8JsonWriter json, GateSaturation gate)
    {
        json.WriteStartObject();
        json.WriteNumber("layer", gate.Layer);
        json.WriteString("gate", gate.Gate);
        WriteShares(json, "left", gate.LeftShares);
        WriteShares(json, "right", gate.RightShares);
        json.WriteEndObject();
    }

    private static void WriteShares(Utf8JsonWriter json, string name, IReadOnlyList<double> shares)
    {
        json.WriteStartArray(name);
        foreach (double share in shares) json.WriteNumberValue(Rounded(share));
        json.WriteEndArray();
    }

    private static int NumberOf(CellIndex cell, CellInspection cells) => cell.Layer * cells.Units + cell.Unit;

    private static double Rounded(double value) => Math.Round(value, 4);
}

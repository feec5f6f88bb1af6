using System.Globalization;
using System.Text.Json;
using Aphorist.Cli.Terminal;
using Aphorist.Inspection;
using Aphorist.Studio.Inside.Reading;

namespace Aphorist.Cli.Commands.Inspect;

/// <summary>Lists the cells that correlate with each feature, and how often gates are saturated, as tables or as JSON.</summary>
internal static class InspectionReport
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static void Write(TextWriter output, InspectedText inspected, string page)
    {
        string[] header = ["feature", "most correlated cells (layer:unit) and their correlation"];
        TextTable.Write(output, [header, .. inspected.Cells.Features.Select(feature => RowOf(inspected, feature))]);
        output.WriteLine();
        if (inspected.Cells.Gates.Count > 0)
        {
            TextTable.Write(output, [["layer", "gate", "below 0.1", "above 0.9"], .. inspected.Cells.Gates.Select(RowOf)]);
            output.WriteLine();
        }

        output.WriteLine(page);
        output.Flush();
    }

    private static string[] RowOf(InspectedText inspected, FeatureCorrelations feature)
    {
        string cells = string.Join("  ", inspected.BestOf(feature).Select(
            best => string.Create(Culture, $"{best.Cell} {best.Correlation:+0.00;-0.00}").PadRight(11)));
        return [feature.Feature.Name, cells.Length > 0 ? cells : "does not occur"];
    }

    private static string[] RowOf(GateSaturation gate) =>
        [gate.Layer.ToString(Culture), gate.Gate, gate.LeftShare.ToString("F2", Culture), gate.RightShare.ToString("F2", Culture)];

    /// <summary>Describes the result as one JSON object, without the activations.</summary>
    public static string Json(InspectedText inspected, string page) => JsonLine.Of(json =>
    {
        CellInspection cells = inspected.Cells;
        json.WriteString("page", page);
        json.WriteString("text", inspected.TextName);
        json.WriteNumber("tokens", cells.TokenCount);
        json.WriteNumber("shown", cells.Pieces.Count);
        json.WriteNumber("layers", cells.Layers);
        json.WriteNumber("hiddenSize", cells.Units);
        json.WriteStartArray("features");
        foreach (FeatureCorrelations feature in cells.Features) Write(json, inspected, feature);
        json.WriteEndArray();
        if (inspected.Strongest is FeatureCorrelations strongest)
        {
            json.WriteStartObject("strongest");
            json.WriteString("feature", strongest.Feature.Name);
            Write(json, strongest.Cells[0]);
            json.WriteEndObject();
        }

        json.WriteStartArray("gates");
        foreach (GateSaturation gate in cells.Gates) Write(json, gate);
        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, InspectedText inspected, FeatureCorrelations feature)
    {
        json.WriteStartObject();
        json.WriteString("name", feature.Feature.Name);
        json.WriteString("meaning", feature.Feature.Meaning);
        json.WriteStartArray("cells");
        foreach (CellCorrelation best in inspected.BestOf(feature))
        {
            json.WriteStartObject();
            Write(json, best);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CellCorrelation cell)
    {
        json.WriteNumber("layer", cell.Cell.Layer);
        json.WriteNumber("unit", cell.Cell.Unit);
        json.WriteNumber("correlation", cell.Correlation);
    }

    private static void Write(Utf8JsonWriter json, GateSaturation gate)
    {
        json.WriteStartObject();
        json.WriteNumber("layer", gate.Layer);
        json.WriteString("gate", gate.Gate);
        json.WriteNumber("below", gate.LeftShare);
        json.WriteNumber("above", gate.RightShare);
        json.WriteEndObject();
    }
}

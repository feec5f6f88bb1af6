using System.Text.Json;
using Aphorist.Cli.Terminal;
using Aphorist.Inspection;

namespace Aphorist.Cli.Commands.Inspect;

/// <summary>What was found as one JSON object, without the activations.</summary>
internal static class InspectionJson
{
    public static string Of(InspectedText inspected, string page) => JsonLine.Of(json =>
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
            json.WriteNumber("layer", best.Cell.Layer);
            json.WriteNumber("unit", best.Cell.Unit);
            json.WriteNumber("correlation", best.Correlation);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
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

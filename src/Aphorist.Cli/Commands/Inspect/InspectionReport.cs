using System.Globalization;
using Aphorist.Cli.Terminal;
using Aphorist.Inspection;

namespace Aphorist.Cli.Commands.Inspect;

/// <summary>Tells in two tables which cells follow which features, and how often gates are saturated.</summary>
internal static class InspectionReport
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static void Write(TextWriter output, InspectedText inspected, string page)
    {
        string[] header = ["feature", "cells, layer:unit, that follow it closest, with their correlation"];
        TextTable.Write(output, [header, .. inspected.Cells.Features.Select(feature => RowOf(inspected, feature))]);
        output.WriteLine();
        TextTable.Write(output, [["layer", "gate", "below 0.1", "above 0.9"], .. inspected.Cells.Gates.Select(RowOf)]);
        output.WriteLine();
        output.WriteLine(page);
        output.Flush();
    }

    private static string[] RowOf(InspectedText inspected, FeatureCorrelations feature)
    {
        string[] cells = [.. inspected.BestOf(feature).Select(best => string.Create(Culture, $"{best.Cell} {best.Correlation:+0.00;-0.00}"))];
        return [feature.Feature.Name, cells.Length > 0 ? string.Join("  ", cells.Select(cell => cell.PadRight(11))) : "does not occur"];
    }

    private static string[] RowOf(GateSaturation gate) =>
        [gate.Layer.ToString(Culture), gate.Gate, gate.LeftShare.ToString("F2", Culture), gate.RightShare.ToString("F2", Culture)];
}

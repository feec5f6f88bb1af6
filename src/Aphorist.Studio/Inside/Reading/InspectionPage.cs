using System.Globalization;
using System.Text.Json;
using Aphorist.Inspection;
using Aphorist.Studio.Components;

namespace Aphorist.Studio.Inside.Reading;

/// <summary>
/// Creates the page on which the user selects a cell and sees its activations. The script cells.js displays its data.
/// </summary>
public static class InspectionPage
{
    /// <summary>Creates the page as a self-contained HTML file.</summary>
    public static string Create(InspectedText inspected)
    {
        ArgumentNullException.ThrowIfNull(inspected);
        return View.CreateFile(TitleOf(inspected), DataOf(inspected));
    }

    /// <summary>What the page shows, in the studio and in files.</summary>
    internal static ReaderView View { get; } = new("cells", "showCells", "reader.js", "shapes.js");

    internal static string TitleOf(InspectedText inspected) => $"Cells of {inspected.ModelName} reading {inspected.TextName}";

    /// <summary>The data that the script cells.js displays.</summary>
    internal static ReaderData DataOf(InspectedText inspected) =>
        ReaderData.Create(string.Concat(inspected.Cells.Pieces), json => WriteData(json, inspected));

    private static void WriteData(Utf8JsonWriter json, InspectedText inspected)
    {
        CellInspection cells = inspected.Cells;
        json.WriteString("model", inspected.ModelName);
        json.WriteString("text", inspected.TextName);
        WriteFacts(json, inspected);
        json.WriteString("unit", PageUnit.Of(inspected.Model.Tokenizer));
        json.WriteString("meaning", MeaningOf(inspected.Model.Spec.Architecture));
        json.WriteNumber("layers", cells.Layers);
        json.WriteNumber("units", cells.Units);
        json.WriteStartArray("pieces");
        foreach (string piece in cells.Pieces) json.WriteStringValue(piece);
        json.WriteEndArray();
        ActivationBytes bytes = ActivationBytes.From(cells);
        json.WriteStartArray("scales");
        foreach (float scale in bytes.Scales) json.WriteNumberValue(scale);
        json.WriteEndArray();
        json.WriteBase64String("activations", bytes.Values);
        json.WriteStartArray("features");
        foreach (FeatureCorrelations feature in cells.Features) WriteFeature(json, inspected, feature);
        json.WriteEndArray();
        WriteStrongest(json, inspected);
        json.WriteStartArray("gates");
        foreach (GateSaturation gate in cells.Gates) WriteGate(json, gate);
        json.WriteEndArray();
    }

    private static void WriteFacts(Utf8JsonWriter json, InspectedText inspected)
    {
        CellInspection cells = inspected.Cells;
        Tokenizer tokenizer = inspected.Model.Tokenizer;
        ModelSpec spec = inspected.Model.Spec;
        json.WriteString("facts", string.Create(
            CultureInfo.InvariantCulture,
            $"{ModelShape.Of(spec)}. Correlations over {cells.TokenCount:N0} {tokenizer.UnitName}, " +
            $"of which the first {cells.Pieces.Count:N0} are shown."));
        json.WriteString("factsInChinese", string.Create(
            CultureInfo.InvariantCulture,
            $"{ModelShape.InChinese(spec)}。" +
            $"相关系数按全部 {cells.TokenCount:N0} 个{PageUnit.InChinese(tokenizer)}计算，页面显示前 {cells.Pieces.Count:N0} 个。"));
    }

    private static string MeaningOf(Architecture architecture) => architecture switch
    {
        Architecture.Lstm => "tanh(c) after each token",
        Architecture.Convolution => "output at each token",
        _ => "h after each token",
    };

    /// <summary>Writes what the page shows first: a cell, and the feature that it follows, or -1.</summary>
    private static void WriteStrongest(Utf8JsonWriter json, InspectedText inspected)
    {
        FeatureCorrelations? strongest = inspected.Strongest;
        json.WriteStartObject("strongest");
        json.WriteNumber("cell", strongest is null ? 0 : NumberOf(strongest.Cells[0].Cell, inspected.Cells));
        json.WriteNumber("feature", strongest is null ? -1 : inspected.Cells.Features.Index().First(it => it.Item == strongest).Index);
        json.WriteEndObject();
    }

    private static void WriteFeature(Utf8JsonWriter json, InspectedText inspected, FeatureCorrelations feature)
    {
        json.WriteStartObject();
        (string name, string meaning) = FeatureWords.InChinese(feature.Feature);
        json.WriteString("name", feature.Feature.Name);
        json.WriteString("nameInChinese", name);
        json.WriteString("meaning", feature.Feature.Meaning);
        json.WriteString("meaningInChinese", meaning);
        double maximum = feature.Values.DefaultIfEmpty().Max();
        json.WriteNumber("most", maximum);
        json.WriteBase64String(
            "values", [.. feature.Values.Select(value => maximum > 0 ? (byte)Math.Round(255 * value / maximum) : (byte)0)]);
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

    /// <summary>Writes one correlation per cell, in the order of the cells; null for a cell that never changes.</summary>
    private static void WriteCorrelations(Utf8JsonWriter json, CellInspection cells, FeatureCorrelations feature)
    {
        double?[] correlations = new double?[cells.CellCount];
        foreach (CellCorrelation cell in feature.Cells) correlations[NumberOf(cell.Cell, cells)] = cell.Correlation;
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

/// <summary>The result of an inspection, with the names of the model and the text.</summary>
/// <param name="ModelName">The model file or run, as the user named it.</param>
/// <param name="Model">The model.</param>
/// <param name="TextName">The name of the text.</param>
/// <param name="Cells">The result.</param>
/// <param name="Best">The number of cells to list for each feature.</param>
public sealed record InspectedText(string ModelName, LanguageModel Model, string TextName, CellInspection Cells, int Best)
{
    /// <summary>The cells with the highest correlation with a feature, highest first.</summary>
    public IEnumerable<CellCorrelation> BestOf(FeatureCorrelations feature)
    {
        ArgumentNullException.ThrowIfNull(feature);
        return feature.Cells.Take(Best);
    }

    /// <summary>
    /// The feature that a cell follows most closely, if possible one that is seen in the part of the text that is kept. Null if no cell
    /// follows any.
    /// </summary>
    public FeatureCorrelations? Strongest => Cells.Features.Where(feature => feature.Cells.Count > 0)
        .OrderByDescending(feature => feature.Values.Distinct().Skip(1).Any())
        .ThenByDescending(feature => Math.Abs(feature.Cells[0].Correlation))
        .FirstOrDefault();
}

/// <summary>Activations as signed bytes.</summary>
/// <param name="Values">[cells, tokens]: the activation divided by the scale of its layer, times 127.</param>
/// <param name="Scales">[layers]: 1, or the largest absolute activation if that is greater, as it can be for convolutions.</param>
internal sealed record ActivationBytes(byte[] Values, float[] Scales)
{
    private const float Maximum = 127;

    public static ActivationBytes From(CellInspection cells)
    {
        int tokens = cells.Pieces.Count;
        float[] scales = ScalesOf(cells);
        byte[] values = new byte[(long)cells.CellCount * tokens];
        for (int token = 0; token < tokens; token++)
        {
            ReadOnlySpan<float> activations = cells.GetActivations(token);
            for (int cell = 0; cell < activations.Length; cell++)
                values[cell * tokens + token] = (byte)(sbyte)MathF.Round(Maximum * activations[cell] / scales[cell / cells.Units]);
        }

        return new ActivationBytes(values, scales);
    }

    private static float[] ScalesOf(CellInspection cells)
    {
        float[] scales = new float[cells.Layers];
        Array.Fill(scales, 1f);
        for (int token = 0; token < cells.Pieces.Count; token++)
        {
            ReadOnlySpan<float> activations = cells.GetActivations(token);
            for (int cell = 0; cell < activations.Length; cell++)
                scales[cell / cells.Units] = Math.Max(scales[cell / cells.Units], Math.Abs(activations[cell]));
        }

        return scales;
    }
}

using System.Globalization;
using System.Text;
using ScottPlot;
using ScottPlot.AxisPanels;
using ScottPlot.Panels;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Aphorist.Cli.Commands.Plot;

/// <summary>Draws losses.</summary>
internal static class LossPlot
{
    private const int Width = 1200;
    private const int Height = 700;
    private const int LongestName = 30;

    private const float SolidWidth = 2;
    private const float DashedWidth = 2.25f;

    private static readonly Color Ink = Color.FromHex("#333333");

    /// <summary>The picture as a PNG file.</summary>
    public static byte[] Png(IReadOnlyList<LossCurve> curves, LossAxis axis) =>
        PlotOf(curves, axis, LinePattern.Dashed).GetImageBytes(Width, Height, ImageFormat.Png);

    /// <summary>The picture as an SVG file.</summary>
    public static byte[] Svg(IReadOnlyList<LossCurve> curves, LossAxis axis)
    {
        StringBuilder text = new(PlotOf(curves, axis, LinePattern.Solid).GetSvgXml(Width, Height));
        // Skia's SVG has no dashed strokes: it draws each dash, and complains on standard error. The lines' own width tells which to dash.
        string width = string.Create(CultureInfo.InvariantCulture, $"stroke-width=\"{DashedWidth}\"");
        text.Replace(width, width + " stroke-dasharray=\"10 6\"");
        // It ends lists of coordinates with a comma, too; the standard forbids that, and some viewers then ignore the list.
        text.Replace(", \" y=\"", "\" y=\"").Replace(", \">", "\">");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static ScottPlot.Plot PlotOf(IReadOnlyList<LossCurve> curves, LossAxis axis, LinePattern dashes)
    {
        ScottPlot.Plot plot = new();
        for (int place = 0; place < curves.Count; place++) Add(plot, curves[place], axis, dashes, plot.Add.Palette.GetColor(place));
        DrawAxes(plot, axis);
        DrawLegend(plot);
        PlotFont.Use(plot);
        return plot;
    }

    private static void Add(ScottPlot.Plot plot, LossCurve curve, LossAxis axis, LinePattern dashes, Color color)
    {
        string name = Short(curve.Name);
        Scatter training = Line(plot, curve.Training(axis), color);
        training.LegendText = curve.HasValidation ? $"{name}, training" : name;
        if (!curve.HasValidation) return;
        Scatter validation = Line(plot, curve.Validation(axis), color);
        validation.LegendText = $"{name}, validation";
        validation.LinePattern = dashes;
        validation.LineWidth = DashedWidth;
    }

    private static Scatter Line(ScottPlot.Plot plot, (double[] Positions, double[] Losses) points, Color color)
    {
        Scatter line = plot.Add.Scatter(points.Positions, points.Losses, color);
        line.LineWidth = SolidWidth;
        // A single epoch makes no line.
        line.MarkerSize = points.Positions.Length == 1 ? 8 : 0;
        return line;
    }

    private static void DrawAxes(ScottPlot.Plot plot, LossAxis axis)
    {
        plot.XLabel(axis == LossAxis.Epoch ? "epoch" : "seconds of training");
        plot.YLabel("loss in nats per character");
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = axis == LossAxis.Epoch, TickDensity = 0.6 };
        plot.Axes.Left.TickGenerator = new NumericAutomatic { TickDensity = 0.5 };
        plot.Axes.Color(Ink);
        foreach (AxisBase side in plot.Axes.GetAxes().OfType<AxisBase>())
        {
            side.LabelBold = false;
            side.LabelFontSize = 17;
            side.TickLabelStyle.FontSize = 15;
            side.PaddingOutsideAxisLabels = new PixelPadding(10);
            side.MinorTickStyle.Length = 0;
        }

        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Margins(0.03, 0.05);
    }

    /// <summary>Beside the lines, where it hides none of them.</summary>
    private static void DrawLegend(ScottPlot.Plot plot)
    {
        LegendPanel panel = plot.ShowLegend(Edge.Right);
        panel.Alignment = Alignment.UpperLeft;
        plot.Legend.FontSize = 15;
        plot.Legend.FontColor = Ink;
        plot.Legend.SymbolWidth = 44;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
    }

    private static string Short(string name)
    {
        string plain = string.Concat(name.Select(unit => char.IsControl(unit) ? ' ' : unit));
        return plain.Length <= LongestName ? plain : $"{plain[..(LongestName / 2)]}…{plain[^(LongestName / 2)..]}";
    }
}

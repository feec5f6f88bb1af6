using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Aphorist.IO;
using ScottPlot;
using ScottPlot.AxisPanels;
using ScottPlot.Panels;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace Aphorist.Cli.Commands.Plot;

/// <summary>Draws losses into an image file. Nothing else in the command loads the drawing library.</summary>
internal static class LossChart
{
    /// <summary>The file name of the chart in a run folder.</summary>
    public const string DefaultName = "loss.png";

    private const string PngEnding = ".png";
    private const string SvgEnding = ".svg";

    private const int Width = 1200;
    private const int Height = 700;
    private const int MaximumNameLength = 30;

    private const float SolidWidth = 2;
    private const float DashedWidth = 2.25f;

    private static readonly Color Ink = Color.FromHex("#333333");

    /// <summary>Whether the file name has an ending that can be written.</summary>
    public static bool CanWrite(string file) => HasEnding(file, PngEnding) || HasEnding(file, SvgEnding);

    /// <summary>Writes a .png or .svg file and replaces an existing one.</summary>
    /// <exception cref="IOException">The file cannot be written. An existing one is unchanged.</exception>
    /// <exception cref="PlatformNotSupportedException">The drawing library does not work on this machine.</exception>
    public static void Write(IReadOnlyList<LossCurve> curves, LossAxis axis, string file) =>
        AtomicFile.WriteAllBytes(file, Draw(curves, axis, file));

    /// <summary>Draws a .png for a file with that ending, and otherwise an .svg, which is text.</summary>
    /// <exception cref="PlatformNotSupportedException">The drawing library does not work on this machine.</exception>
    public static byte[] Draw(IReadOnlyList<LossCurve> curves, LossAxis axis, string file)
    {
        try
        {
            return HasEnding(file, PngEnding) ? Png(curves, axis) : Svg(curves, axis);
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException or BadImageFormatException)
        {
            throw new PlatformNotSupportedException(
                $"Cannot draw charts on this machine ({RuntimeInformation.RuntimeIdentifier}): the drawing library does not load. "
                + "The losses are in metrics.csv.",
                exception);
        }
    }

    private static bool HasEnding(string file, string ending) => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    private static byte[] Png(IReadOnlyList<LossCurve> curves, LossAxis axis) =>
        PlotOf(curves, axis, LinePattern.Dashed).GetImageBytes(Width, Height, ImageFormat.Png);

    private static byte[] Svg(IReadOnlyList<LossCurve> curves, LossAxis axis)
    {
        StringBuilder text = new(PlotOf(curves, axis, LinePattern.Solid).GetSvgXml(Width, Height));
        // Skia's SVG has no dashed strokes: it draws each dash and warns on standard error. The width of a line tells whether to dash it.
        string width = string.Create(CultureInfo.InvariantCulture, $"stroke-width=\"{DashedWidth}\"");
        text.Replace(width, width + " stroke-dasharray=\"10 6\"");
        // Skia ends lists of coordinates with a comma, which the standard forbids; some viewers then ignore the list.
        text.Replace(", \" y=\"", "\" y=\"").Replace(", \">", "\">");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static ScottPlot.Plot PlotOf(IReadOnlyList<LossCurve> curves, LossAxis axis, LinePattern dashes)
    {
        ScottPlot.Plot plot = new();
        for (int index = 0; index < curves.Count; index++) Add(plot, curves[index], axis, dashes, plot.Add.Palette.GetColor(index));
        DrawAxes(plot, axis, curves);
        DrawLegend(plot);
        UseFont(plot);
        return plot;
    }

    private static void Add(ScottPlot.Plot plot, LossCurve curve, LossAxis axis, LinePattern dashes, Color color)
    {
        string name = Short(curve.Name);
        Scatter training = Line(plot, curve.Training(axis), color);
        training.LegendText = curve.HasValidation ? $"{name}, training" : name;
        if (curve.HasValidation) AddValidation(plot, curve, axis, dashes, color, name);
        MarkBest(plot, curve, axis, color);
    }

    private static void AddValidation(
        ScottPlot.Plot plot, LossCurve curve, LossAxis axis, LinePattern dashes, Color color, string name)
    {
        Scatter validation = Line(plot, curve.Validation(axis), color);
        validation.LegendText = $"{name}, validation";
        validation.LinePattern = dashes;
        validation.LineWidth = DashedWidth;
    }

    /// <summary>Marks the best epoch with a ring, and names it in the legend.</summary>
    private static void MarkBest(ScottPlot.Plot plot, LossCurve curve, LossAxis axis, Color color)
    {
        if (curve.Best is not { } best) return;
        Scatter mark = Line(plot, curve.BestPoint(axis), color);
        mark.LineWidth = 0;
        mark.MarkerShape = MarkerShape.OpenCircle;
        mark.MarkerSize = 14;
        mark.MarkerLineWidth = SolidWidth;
        mark.LegendText = string.Create(
            CultureInfo.InvariantCulture, $"best: epoch {best.Epoch}, {best.ValidationLoss ?? best.Loss:F3}");
    }

    private static Scatter Line(ScottPlot.Plot plot, (double[] Positions, double[] Losses) points, Color color)
    {
        Scatter line = plot.Add.Scatter(points.Positions, points.Losses, color);
        line.LineWidth = SolidWidth;
        // A single point has no line.
        line.MarkerSize = points.Positions.Length == 1 ? 8 : 0;
        return line;
    }

    private static void DrawAxes(ScottPlot.Plot plot, LossAxis axis, IReadOnlyList<LossCurve> curves)
    {
        plot.XLabel(axis switch
        {
            LossAxis.Epoch => "epoch",
            LossAxis.Tokens => "tokens",
            _ => "seconds of training",
        });
        plot.YLabel("loss in nats per character");
        // Within the first epochs, whole numbers would be too few.
        bool hasManyEpochs = curves.Any(curve => curve.Epochs.Count > 2);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic
        {
            IntegerTicksOnly = axis == LossAxis.Epoch && hasManyEpochs,
            TickDensity = 0.6,
        };
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

    /// <summary>Draws the legend beside the lines, so that it does not cover them.</summary>
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
        return plain.Length <= MaximumNameLength ? plain : $"{plain[..(MaximumNameLength / 2)]}…{plain[^(MaximumNameLength / 2)..]}";
    }

    /// <summary>Chooses an installed font that has every letter of the legend, if there is one: run names can be in any script.</summary>
    private static void UseFont(ScottPlot.Plot plot)
    {
        string texts = string.Concat(plot.Legend.GetItems().Select(item => item.LabelText));
        if (Fonts.GetTypeface(Fonts.Default, false, false).ContainsGlyphs(texts)) return;
        string? other = SKFontManager.Default.FontFamilies
            .FirstOrDefault(family => Fonts.GetTypeface(family, false, false).ContainsGlyphs(texts));
        if (other is not null) plot.Font.Set(other);
    }
}

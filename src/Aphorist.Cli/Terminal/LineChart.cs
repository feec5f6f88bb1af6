using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Aphorist.Cli.Terminal;

/// <summary>A line chart of eight rows, as wide as the terminal. Nothing is drawn on a small terminal or one without Unicode.</summary>
/// <param name="across">The name of the horizontal axis.</param>
/// <param name="series">The lines. Those without points are left out.</param>
internal sealed class LineChart(string across, IReadOnlyList<ChartSeries> series) : IRenderable
{
    public const int MinimumWidth = 40;
    public const int MinimumHeight = 16;

    private const int Rows = 8;
    private const int LabelWidth = 8;
    private const int DotRows = Rows * BrailleCanvas.DotsDown;
    private const int Gap = 3;

    private static readonly int[] LabelledRows = [0, 2, 5, 7];

    private readonly ChartSeries[] drawn = [.. series.Where(one => one.Points.Count > 0)];

    public Measurement Measure(RenderOptions options, int maxWidth) => new(Math.Min(MinimumWidth, maxWidth), maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        bool canDraw = options.Unicode && drawn.Length > 0 && maxWidth >= MinimumWidth && options.ConsoleSize.Height >= MinimumHeight;
        return canDraw ? Chart(maxWidth - LabelWidth - 1) : [];
    }

    private IEnumerable<Segment> Chart(int columns)
    {
        BrailleCanvas canvas = new(columns, Rows);
        IEnumerable<double> places = drawn.SelectMany(one => one.Points).Select(point => point.X);
        (double from, double to) = (places.Min(), places.Max());
        double[][] means = [.. drawn.Select(one => one.Means(from, to, columns * BrailleCanvas.DotsAcross))];
        (double low, double high) = Scale(means);
        for (int number = 0; number < drawn.Length; number++) Draw(canvas, means[number], low, high, number);
        for (int row = 0; row < Rows; row++)
        {
            yield return new Segment(Label(row, low, high));
            for (int column = 0; column < columns; column++)
            {
                (char character, int owner) = canvas.At(row, column);
                yield return new Segment(character.ToString(), new Style(drawn[owner].Color));
            }

            yield return Segment.LineBreak;
        }

        foreach (Segment segment in Segment.Truncate(Legend(from, to), columns + LabelWidth)) yield return segment;
    }

    /// <summary>
    /// The vertical axis ends below the highest value: the steep fall of a loss at the start would leave no room for the rest.
    /// </summary>
    private static (double Low, double High) Scale(double[][] means)
    {
        double[] first = [.. means[0].Where(double.IsFinite).Order()];
        IEnumerable<double> others = means.Skip(1).SelectMany(mean => mean).Where(double.IsFinite);
        double low = others.Append(first[0]).Min(), high = others.Append(first[(first.Length - 1) * 19 / 20]).Max();
        return high - low < 1e-3 ? (low - 5e-4, high + 5e-4) : (low, high);
    }

    private void Draw(BrailleCanvas canvas, double[] means, double low, double high, int number)
    {
        int before = -1;
        for (int x = 0; x < means.Length; x++)
        {
            if (double.IsNaN(means[x])) continue;
            Connect(canvas, Math.Max(before, 0), before < 0 ? DotOf(means[x]) : DotOf(means[before]), x, DotOf(means[x]), number);
            before = x;
        }

        int DotOf(double value) => (int)Math.Round(Math.Clamp((high - value) / (high - low), 0, 1) * (DotRows - 1));
    }

    /// <summary>Draws a line between two points. The first point has none before it and is drawn alone.</summary>
    private void Connect(BrailleCanvas canvas, int fromX, int fromY, int toX, int toY, int number)
    {
        int last = fromY;
        for (int x = fromX; x <= toX; x++)
        {
            int y = toX == fromX ? toY : fromY + (toY - fromY) * (x - fromX) / (toX - fromX);
            if (drawn[number].IsDotted)
            {
                if (x % Gap == 0 || x == toX) canvas.Set(x, y, number);
                continue;
            }

            for (int filled = Math.Min(last, y); filled <= Math.Max(last, y); filled++) canvas.Set(x, filled, number);
            last = y;
        }
    }

    private static string Label(int row, double low, double high)
    {
        if (!LabelledRows.Contains(row)) return new string(' ', LabelWidth - 1) + "│";
        double value = high - (high - low) * row / (Rows - 1);
        string format = value < 99.9995 ? "F3" : value < 999_999.5 ? "F0" : "0E+0";
        return value.ToString(format, CultureInfo.InvariantCulture).PadLeft(LabelWidth - 2) + " ┤";
    }

    private IEnumerable<Segment> Legend(double from, double to)
    {
        yield return new Segment(string.Create(CultureInfo.InvariantCulture, $"{across} {from:0.#} to {to:0.#}"));
        foreach (ChartSeries one in drawn)
        {
            string sample = one.IsDotted ? "⠁⠂" : "⠒⠒";
            yield return new Segment(string.Create(CultureInfo.InvariantCulture, $"  {sample} {one.Name} {one.Latest:F3}"), new Style(one.Color));
        }
    }
}

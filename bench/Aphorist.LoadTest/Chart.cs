using System.Globalization;
using System.Text;

namespace Aphorist.LoadTest;

/// <summary>Draws lines over the number of texts as an SVG file, on logarithmic axes.</summary>
internal static class Chart
{
    private const int Width = 420, Height = 320, Left = 78, Right = 24, Top = 52, Bottom = 48, Middle = (Left + Width - Right) / 2;

    private static readonly string[] Colors = ["#1f77b4", "#d62728"];
    private static readonly double[] Digits = [1, 2, 5];

    /// <summary>One set of axes.</summary>
    /// <param name="Title">What is on the vertical axis.</param>
    /// <param name="Lines">The name of each line, and its points: the number of texts and the value.</param>
    internal sealed record Panel(string Title, IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> Lines);

    /// <summary>Writes panels side by side.</summary>
    public static void Save(string path, params Panel[] panels)
    {
        StringBuilder svg = new();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width * panels.Length}\" height=\"{Height}\" ");
        svg.Append("font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        for (int index = 0; index < panels.Length; index++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({Width * index} 0)\">\n");
            Draw(svg, panels[index]);
            svg.Append("</g>\n");
        }

        svg.Append("</svg>\n");
        File.WriteAllText(path, svg.ToString());
    }

    private static void Draw(StringBuilder svg, Panel panel)
    {
        (double X, double Y)[] all = [.. panel.Lines.SelectMany(line => line.Points)];
        double firstX = all.Min(point => point.X), lastX = all.Max(point => point.X);
        double[] marks = Marks(all.Min(point => point.Y), all.Max(point => point.Y));
        double firstY = marks[0], lastY = marks[^1];
        Text(Middle, 20, "middle", panel.Title);
        Text(Middle, Height - 10, "middle", "texts at the same time");
        foreach (double y in marks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Down(y):F1}H{Width - Right}\" stroke=\"#ddd\"/>\n");
            Text(Left - 6, Down(y) + 4, "end", y.ToString("#,0.####", CultureInfo.InvariantCulture));
        }

        for (double x = firstX; x <= lastX; x *= 2) Text(Across(x), Height - Bottom + 18, "middle", Figure.Number(x));
        for (int index = 0; index < panel.Lines.Count; index++)
        {
            (string name, IReadOnlyList<(double X, double Y)> points) = panel.Lines[index];
            IEnumerable<string> path = points.Select(
                point => string.Create(CultureInfo.InvariantCulture, $"{Across(point.X):F1},{Down(point.Y):F1}"));
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<polyline points=\"{string.Join(' ', path)}\" fill=\"none\" stroke=\"{Colors[index]}\" stroke-width=\"2\"/>\n");
            foreach ((double x, double y) in points)
            {
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<circle cx=\"{Across(x):F1}\" cy=\"{Down(y):F1}\" r=\"3\" fill=\"{Colors[index]}\"/>\n");
            }

            // Above the axes, where no line is.
            if (panel.Lines.Count > 1) Text(Left + (70 * index), Top - 12, "start", name, Colors[index]);
        }

        double Across(double x) => Left + ((Width - Left - Right) * Math.Log(x / firstX) / Math.Log(lastX / firstX));

        double Down(double y) => Height - Bottom - ((Height - Top - Bottom) * Math.Log(y / firstY) / Math.Log(lastY / firstY));

        // 1, 2 and 5 times powers of ten, from the last one below all values to the first one above.
        static double[] Marks(double least, double most)
        {
            double[] all =
            [
                .. Enumerable.Range(-6, 16).Select(power => Math.Pow(10, power)).SelectMany(power => Digits.Select(digit => digit * power)),
            ];
            int first = Array.FindLastIndex(all, mark => mark <= least), last = Array.FindIndex(all, mark => mark > most);
            return all[first..(last + 1)];
        }

        void Text(double x, double y, string anchor, string text, string color = "black") => svg.Append(
            CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\" fill=\"{color}\">{text}</text>\n");
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Aphorist.Cli.Tests.Pages;

/// <summary>The colours of a page, which its style and its script define.</summary>
internal static partial class PageColours
{
    /// <summary>
    /// Asserts that text on the darkest tiles has a contrast of at least 4.5, in the light and in the dark scheme: level AA of the Web
    /// Content Accessibility Guidelines, from which the formula is.
    /// </summary>
    public static void AssertReadable(string page)
    {
        double darkest = double.Parse(Regex.Match(page, @"const darkest = ([\d.]+);").Groups[1].Value, CultureInfo.InvariantCulture);
        // No tile has another strength.
        Assert.Single(Regex.Matches(page, @"rgb\(var\(--\$\{strength"));
        Assert.Contains("Math.abs(strength * darkest)", page, StringComparison.Ordinal);
        double[][] pages = Hex(page, "page"), inks = Hex(page, "ink");
        Assert.Equal((2, 2), (pages.Length, inks.Length));
        foreach (string name in (string[])["positive", "negative"])
        {
            double[][] colours = Numbers(page, name);
            Assert.Equal(2, colours.Length);
            for (int scheme = 0; scheme < 2; scheme++)
            {
                double[] tile = [.. colours[scheme].Zip(pages[scheme], (over, under) => darkest * over + (1 - darkest) * under)];
                double contrast = Contrast(tile, inks[scheme]);
                Assert.True(contrast >= 4.5, $"--{name} in scheme {scheme} has a contrast of {contrast:F2}.");
            }
        }
    }

    private static double Contrast(double[] one, double[] other)
    {
        double first = Luminance(one), second = Luminance(other);
        return (Math.Max(first, second) + 0.05) / (Math.Min(first, second) + 0.05);
    }

    private static double Luminance(double[] colour)
    {
        double[] linear = [.. colour.Select(it => it / 255).Select(it => it <= 0.04045 ? it / 12.92 : Math.Pow((it + 0.055) / 1.055, 2.4))];
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    }

    private static double[][] Hex(string page, string name) =>
    [
        .. Regex.Matches(page, $"--{name}: #([0-9a-f]{{6}});").Select(match => match.Groups[1].Value.Chunk(2)
            .Select(digits => (double)int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray()),
    ];

    private static double[][] Numbers(string page, string name) =>
    [
        .. Regex.Matches(page, $@"--{name}: (\d+) (\d+) (\d+);").Select(match => match.Groups.Values.Skip(1)
            .Select(number => double.Parse(number.Value, CultureInfo.InvariantCulture)).ToArray()),
    ];
}

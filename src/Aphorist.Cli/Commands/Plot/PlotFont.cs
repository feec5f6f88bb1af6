using ScottPlot;
using SkiaSharp;

namespace Aphorist.Cli.Commands.Plot;

/// <summary>The letters of a picture: one of the machine's fonts.</summary>
internal static class PlotFont
{
    /// <summary>Takes a font that has every letter of the legend, where the machine has one: run names may be in any script.</summary>
    public static void Use(ScottPlot.Plot plot)
    {
        string texts = string.Concat(plot.Legend.GetItems().Select(item => item.LabelText));
        if (Fonts.GetTypeface(Fonts.Default, false, false).ContainsGlyphs(texts)) return;
        string? other = SKFontManager.Default.FontFamilies.FirstOrDefault(family => Fonts.GetTypeface(family, false, false).ContainsGlyphs(texts));
        if (other is not null) plot.Font.Set(other);
    }
}

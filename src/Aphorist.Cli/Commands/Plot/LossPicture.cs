using System.Runtime.InteropServices;
using Aphorist.IO;

namespace Aphorist.Cli.Commands.Plot;

/// <summary>Losses as a picture in a file. Whoever calls this loads the drawing library; nothing else in the command does.</summary>
internal static class LossPicture
{
    /// <summary>What the picture of a run is called.</summary>
    public const string UsualName = "loss.png";

    private const string PngEnding = ".png";
    private const string SvgEnding = ".svg";

    /// <summary>Whether a file of this name would be a picture that can be drawn.</summary>
    public static bool CanWrite(string file) => HasEnding(file, PngEnding) || HasEnding(file, SvgEnding);

    /// <summary>Draws into a file whose name ends in .png or .svg, in the place of what is there.</summary>
    /// <exception cref="IOException">The file cannot be written; the previous one is unchanged.</exception>
    /// <exception cref="PlatformNotSupportedException">The drawing library does not work on this machine.</exception>
    public static void Write(IReadOnlyList<LossCurve> curves, LossAxis axis, string file)
    {
        byte[] picture;
        try
        {
            picture = HasEnding(file, SvgEnding) ? LossPlot.Svg(curves, axis) : LossPlot.Png(curves, axis);
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException or BadImageFormatException)
        {
            throw new PlatformNotSupportedException(
                $"Pictures cannot be drawn on this machine ({RuntimeInformation.RuntimeIdentifier}), since the drawing library does not load; "
                + "the losses are in metrics.csv, which any spreadsheet draws.",
                exception);
        }

        using AtomicFile place = new(file);
        place.Write(picture);
        place.Commit();
    }

    private static bool HasEnding(string file, string ending) => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}

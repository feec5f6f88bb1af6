using System.Globalization;
using Aphorist.Studio.Hosting;
using Microsoft.AspNetCore.Components;

namespace Aphorist.Studio.Components;

/// <summary>The base of pages and components: the language of the page, and numbers in it.</summary>
public abstract class StudioComponent : ComponentBase
{
    /// <summary>The language of the page.</summary>
    [CascadingParameter]
    public Language Language { get; set; }

    /// <summary>A text of the page in its language. Both languages stand side by side where the text is used.</summary>
    protected string Say(string english, string chinese) => Language == Language.Chinese ? chinese : english;

    /// <summary>A whole number, for example 12,345.</summary>
    protected static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A loss: three digits after the point.</summary>
    protected static string Loss(double loss) => loss.ToString("F3", CultureInfo.InvariantCulture);

    /// <summary>A number of either sign: three digits after the point, with the minus sign of the text.</summary>
    protected static string Number(double number) => number.ToString("0.000", CultureInfo.InvariantCulture).Replace('-', '−');

    /// <summary>A number as attributes of SVG need it.</summary>
    protected static string Svg(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A duration, for example "3 min 20 s".</summary>
    protected string Duration(double seconds)
    {
        long whole = (long)Math.Max(0, Math.Round(seconds));
        (long hours, long minutes, long rest) = (whole / 3600, whole / 60 % 60, whole % 60);
        return hours > 0 ? Say($"{hours} h {minutes} min", $"{hours} 小时 {minutes} 分")
            : minutes > 0 ? Say($"{minutes} min {rest} s", $"{minutes} 分 {rest} 秒")
            : Say($"{rest} s", $"{rest} 秒");
    }

    /// <summary>A size in bytes, for example "1.2 MB".</summary>
    protected static string Size(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB"),
    };
}

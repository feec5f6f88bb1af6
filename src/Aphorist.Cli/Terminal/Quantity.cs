using System.Globalization;

namespace Aphorist.Cli.Terminal;

/// <summary>Formats numbers and durations for people.</summary>
internal static class Quantity
{
    /// <summary>Formats three digits and a unit: 812, 9.41 k, 1.20 M, 3.62 G.</summary>
    public static string Of(double value)
    {
        // The bounds are where rounding adds a digit.
        (double scaled, string unit) = Math.Abs(value) switch
        {
            >= 999.5e6 => (value / 1e9, " G"),
            >= 999.5e3 => (value / 1e6, " M"),
            >= 999.5 => (value / 1e3, " k"),
            _ => (value, ""),
        };
        string digits = Math.Abs(scaled) switch { >= 99.95 => "F0", >= 9.995 => "F1", _ => unit.Length > 0 ? "F2" : "F0" };
        return scaled.ToString(digits, CultureInfo.InvariantCulture) + unit;
    }

    /// <summary>Formats a duration: 42 s, 3:05 min, 1:02:30 h.</summary>
    public static string Of(TimeSpan time) => time.TotalSeconds switch
    {
        < 59.5 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F0} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:D2} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2} h"),
    };

    /// <summary>Formats a duration as a clock does: 0:42, 3:05, 1:02:30.</summary>
    public static string Clock(TimeSpan time) => time.TotalHours < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:D2}")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}");
}

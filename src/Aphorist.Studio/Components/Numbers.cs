using System.Globalization;

namespace Aphorist.Studio.Components;

/// <summary>Numbers as pages show them.</summary>
internal static class Numbers
{
    /// <summary>A probability or another share, with two digits: "34 %", "3.4 %", "0.034 %".</summary>
    public static string Percent(double probability)
    {
        double percent = probability * 100;
        string digits = percent switch
        {
            >= 100 => "100",
            >= 99.5 => ">99",
            >= 9.95 => percent.ToString("0", CultureInfo.InvariantCulture),
            >= 0.995 => percent.ToString("0.0", CultureInfo.InvariantCulture),
            >= 0.0995 => percent.ToString("0.00", CultureInfo.InvariantCulture),
            >= 0.001 => percent.ToString("0.000", CultureInfo.InvariantCulture),
            0 => "0",
            _ => "<0.001",
        };
        return $"{digits} %";
    }

    /// <summary>A setting, as it is typed.</summary>
    public static string Setting(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}

using System.Globalization;

namespace Aphorist.Text;

/// <summary>Writes numbers of things: 1 token, 3,555 tokens.</summary>
internal static class Plural
{
    /// <param name="count">The number.</param>
    /// <param name="noun">What is counted, a word whose plural only adds an s.</param>
    public static string Of(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");
}

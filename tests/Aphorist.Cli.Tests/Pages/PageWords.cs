using System.Text.RegularExpressions;

namespace Aphorist.Cli.Tests.Pages;

/// <summary>The page's own words, which are English in a template and have a Chinese translation in its script.</summary>
internal static partial class PageWords
{
    /// <summary>Asserts that everything that a page says is in its table, in Chinese with the same placeholders.</summary>
    /// <param name="page">The page.</param>
    /// <param name="more">What the data of the page says.</param>
    public static void AssertTranslated(string page, params string[] more)
    {
        string[] said = [.. Elements().Matches(page).Concat(Calls().Matches(page)).Select(it => it.Groups[1].Value)];
        Assert.True(said.Length > 15);
        Dictionary<string, string?> table = Entries().Matches(page)
            .ToDictionary(it => it.Groups[1].Value, it => it.Groups[2].Success ? it.Groups[2].Value : null);
        foreach (string key in said.Concat(more))
        {
            Assert.True(table.TryGetValue(key, out string? chinese), $"'{key}' is not in the table.");
            // A long text has a name, and is there in both languages.
            if (chinese is not null) Assert.Equal(Placeholders(key), Placeholders(chinese));
        }
    }

    private static string[] Placeholders(string words) => [.. Placeholder().Matches(words).Select(it => it.Value).Order()];

    [GeneratedRegex("data-(?:say|name)=\"([^\"]+)\"")]
    private static partial Regex Elements();

    [GeneratedRegex(@"(?:\bsay\(|least: |most: )""([^""]+)""")]
    private static partial Regex Calls();

    [GeneratedRegex(@"(?<= )""([^""]+)"":\s+(?:""([^""]+)""|\[)")]
    private static partial Regex Entries();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Placeholder();
}

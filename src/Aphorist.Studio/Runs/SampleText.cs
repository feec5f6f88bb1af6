using System.Text.RegularExpressions;

namespace Aphorist.Studio.Runs;

/// <summary>The samples of one epoch: a text per temperature, each of which continues the one before.</summary>
/// <param name="Seed">The passage of the corpus from which the first one continues.</param>
/// <param name="Texts">The texts, by temperature.</param>
public sealed partial record SampleText(string Seed, IReadOnlyList<(string Temperature, string Text)> Texts)
{
    /// <summary>Reads the file of samples of an epoch.</summary>
    /// <returns>The samples; null if there are none, for example because the run was deleted.</returns>
    public static SampleText? Read(string folder, int epoch)
    {
        try
        {
            return Parse(File.ReadAllText(Path.Combine(folder, "samples", $"epoch-{epoch:D3}.txt")));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads the content of a file of samples.</summary>
    public static SampleText? Parse(string page)
    {
        const string SeedMark = "\n--- seed\n";
        int seed = page.IndexOf(SeedMark, StringComparison.Ordinal);
        MatchCollection marks = Mark().Matches(page);
        if (seed < 0 || marks.Count == 0) return null;
        seed += SeedMark.Length;
        List<(string, string)> texts = [];
        for (int index = 0; index < marks.Count; index++)
        {
            int start = marks[index].Index + marks[index].Length, end = index + 1 < marks.Count ? marks[index + 1].Index : page.Length - 1;
            texts.Add((marks[index].Groups[1].Value, page[start..Math.Max(start, end)]));
        }

        return new SampleText(page[seed..Math.Max(seed, marks[0].Index)], texts);
    }

    [GeneratedRegex(@"\n\n--- temperature (\d+\.\d)\n")]
    private static partial Regex Mark();
}

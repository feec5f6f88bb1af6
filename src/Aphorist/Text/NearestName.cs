namespace Aphorist.Text;

/// <summary>Guesses which name was meant by a misspelled one.</summary>
internal static class NearestName
{
    /// <summary>
    /// The name at the smallest edit distance, or null if even that is more than a third of the letters away (at least two).
    /// </summary>
    public static string? To(string typed, IEnumerable<string> names)
    {
        string lower = typed.ToLowerInvariant();
        (string? Name, int Distance) best = (null, Math.Max(2, typed.Length / 3) + 1);
        foreach (string name in names)
        {
            string candidate = name.ToLowerInvariant();
            // A part of a name, such as a surname, is as good as one wrong letter.
            int distance = lower.Length >= 4 && candidate.Contains(lower, StringComparison.Ordinal) ? 1 : EditDistance(lower, candidate);
            if (distance < best.Distance) best = (name, distance);
        }
        return best.Name;
    }

    /// <summary>
    /// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string alignment).
    /// </summary>
    internal static int EditDistance(string from, string to)
    {
        int[,] distance = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++) distance[i, 0] = i;
        for (int j = 0; j <= to.Length; j++) distance[0, j] = j;
        for (int i = 1; i <= from.Length; i++)
        {
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = distance[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                distance[i, j] = Math.Min(replaced, Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
            }
        }
        return distance[from.Length, to.Length];
    }
}

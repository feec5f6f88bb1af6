namespace Aphorist.Generation;

/// <summary>Finds different texts in an endless sequence of generated ones.</summary>
internal static class UniqueTexts
{
    // After this many texts in a row without a new one, the model has hardly any others.
    private const int MaxRepeats = 20_000;

    /// <summary>Returns the texts that did not occur before, each with its number in the sequence.</summary>
    /// <param name="texts">The sequence.</param>
    /// <param name="count">The number of different texts to find.</param>
    /// <param name="exclude">Texts that are not wanted.</param>
    /// <param name="createFailure">Creates the exception if there are not enough, from the number found and the number of attempts.</param>
    public static IEnumerable<(int Number, string Text)> Find(
        IEnumerable<string> texts, int count, IEnumerable<string> exclude, Func<int, int, Exception> createFailure)
    {
        if (count == 0) yield break;
        HashSet<string> seen = [.. exclude];
        int found = 0, repeats = 0;
        foreach ((int number, string text) in texts.Index())
        {
            repeats = seen.Add(text) ? 0 : repeats + 1;
            if (repeats == 0)
            {
                yield return (number, text);
                if (++found == count) yield break;
            }

            if (repeats == MaxRepeats) throw createFailure(found, number + 1);
        }
    }
}

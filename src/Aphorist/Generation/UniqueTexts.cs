using System.Globalization;

namespace Aphorist.Generation;

/// <summary>Finds different texts in an endless sequence of generated ones.</summary>
internal static class UniqueTexts
{
    // After this many texts in a row without a new one, the model has hardly any others.
    private const int MaxRepeats = 20_000;

    /// <exception cref="InvalidOptionsException">During enumeration: there are not enough different texts.</exception>
    public static IEnumerable<string> Find(IEnumerable<string> texts, int count, IEnumerable<string> exclude)
    {
        if (count == 0) yield break;
        HashSet<string> seen = [.. exclude];
        int found = 0, attempts = 0, repeats = 0;
        foreach (string text in texts)
        {
            attempts++;
            repeats = seen.Add(text) ? 0 : repeats + 1;
            if (repeats == 0)
            {
                yield return text;
                if (++found == count) yield break;
            }

            if (repeats < MaxRepeats) continue;
            string message = string.Create(
                CultureInfo.InvariantCulture,
                $"Only {found:N0} different texts were found in {attempts:N0} attempts. Ask for fewer, or raise Temperature or MaxTokens.");
            throw new InvalidOptionsException(message, nameof(GenerationOptions.Temperature));
        }
    }
}

namespace Aphorist.Text;

/// <summary>Counts the Unicode scalar values of a text, which must be well formed.</summary>
internal static class ScalarValues
{
    /// <exception cref="CorpusException">The text holds half a surrogate pair.</exception>
    public static int Count(ReadOnlySpan<char> text, string name)
    {
        int pairs = 0;
        int position = 0;
        // Nearly every text has none or few surrogates, and the search for them is vectorised.
        while (text[position..].IndexOfAnyInRange('\uD800', '\uDFFF') is int skip and >= 0)
        {
            position += skip;
            if (position + 1 == text.Length || !char.IsSurrogatePair(text[position], text[position + 1]))
                throw new CorpusException($"The text '{name}' holds half a surrogate pair, U+{(int)text[position]:X4}, " +
                    $"after {position - pairs} characters, which is no character: repair or remove it.");
            position += 2;
            pairs++;
        }
        return text.Length - pairs;
    }
}

using System.Collections.Immutable;
using System.Numerics;
using System.Text;

namespace Aphorist.Text;

/// <summary>Counts and collects the Unicode scalar values of a text.</summary>
internal static class ScalarValues
{
    /// <summary>The number of scalar values in a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">Its name, for the error.</param>
    /// <exception cref="CorpusException">The text contains half a surrogate pair.</exception>
    public static int Count(ReadOnlySpan<char> text, string name)
    {
        int pairs = 0;
        int position = 0;
        // Most texts have no surrogates or few, and the search for them is vectorised.
        while (text[position..].IndexOfAnyInRange('\uD800', '\uDFFF') is int skip and >= 0)
        {
            position += skip;
            if (position + 1 == text.Length || !char.IsSurrogatePair(text[position], text[position + 1]))
                throw new CorpusException($"The text '{name}' contains half a surrogate pair, U+{(int)text[position]:X4}, " +
                    $"after {position - pairs} characters. It is not a character: repair or remove it.");
            position += 2;
            pairs++;
        }
        return text.Length - pairs;
    }

    /// <summary>The distinct characters, sorted by code point. Half a surrogate pair counts as U+FFFD.</summary>
    public static ImmutableArray<Rune> Distinct(string text)
    {
        // One bit for each code point takes 136 KiB and needs neither hashing nor sorting.
        ulong[] seen = new ulong[0x110000 / 64];
        foreach (Rune character in text.EnumerateRunes()) seen[character.Value >> 6] |= 1UL << (character.Value & 63);
        ImmutableArray<Rune>.Builder characters = ImmutableArray.CreateBuilder<Rune>();
        for (int block = 0; block < seen.Length; block++)
        {
            for (ulong bits = seen[block]; bits != 0; bits &= bits - 1)
                characters.Add(new Rune((block << 6) + BitOperations.TrailingZeroCount(bits)));
        }
        return characters.ToImmutable();
    }
}

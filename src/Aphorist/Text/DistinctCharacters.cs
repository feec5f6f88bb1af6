using System.Collections.Immutable;
using System.Numerics;
using System.Text;

namespace Aphorist.Text;

/// <summary>Collects the distinct characters of a text in one pass over it.</summary>
internal static class DistinctCharacters
{
    /// <summary>The characters, sorted by code point. Half a surrogate pair counts as U+FFFD.</summary>
    public static ImmutableArray<Rune> Of(string text)
    {
        // A bit for each code point takes 136 KiB and needs neither hashing nor sorting.
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

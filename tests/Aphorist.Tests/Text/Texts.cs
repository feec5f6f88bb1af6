using System.Text;
using CsCheck;

namespace Aphorist.Tests.Text;

/// <summary>Generators of texts.</summary>
internal static class Texts
{
    private static readonly int[] Separators = [0x0A, 0x0D, 0x09, 0x0C, 0x85, 0x2028, 0xFEFF];

    /// <summary>Any character, those of the rarer planes as often as ASCII and line endings.</summary>
    private static readonly Gen<Rune> Character = Gen.OneOf(
        Gen.Int[0x20, 0x7E],
        Gen.Int[0, Separators.Length - 1].Select(index => Separators[index]),
        Gen.Int[0x80, 0xD7FF],
        Gen.Int[0xE000, 0xFFFF],
        Gen.Int[0x10000, 0x10FFFF]).Select(value => new Rune(value));

    /// <summary>Well-formed texts of up to 60 characters.</summary>
    public static Gen<string> WellFormed { get; } = Character.Array[0, 60].Select(characters => string.Concat(characters));

    /// <summary>
    /// Normalized texts in which words recur: of letters from several planes and scripts, joined by apostrophes, marks, spaces and anything
    /// else.
    /// </summary>
    public static Gen<string> Prose { get; } = Gen.Frequency(
        (6, OneOf("a", "b", "ab", "é", "ш", "\U00010400", "中", "7")),
        (4, OneOf(" ", "\n", "'", "\u2019", "\u0301", "\u200D", "-", ".", "\uFFFD")),
        (1, Character.Select(character => character.ToString())))
        .Array[0, 40].Select(pieces => new TextNormalization().Apply(string.Concat(pieces)));

    /// <summary>Strings of UTF-16 units of which many are half a surrogate pair.</summary>
    public static Gen<string> AnyUnits { get; } =
        Gen.OneOf(Gen.Int[0x20, 0x7E], Gen.Int[0xD800, 0xDFFF]).Select(unit => (char)unit).Array[0, 20].Select(units => new string(units));

    private static Gen<string> OneOf(params string[] pieces) => Gen.Int[0, pieces.Length - 1].Select(index => pieces[index]);
}

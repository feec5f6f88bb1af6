using System.Collections.Immutable;
using System.Text;
using Aphorist.Text;

namespace Aphorist;

/// <summary>A tokenizer that maps each Unicode character of a corpus to one id. Characters are sorted by code point.</summary>
public sealed class CharacterTokenizer : Tokenizer
{
    private const int FirstSupplementary = 0x10000;

    private readonly ImmutableArray<Rune> characters;

    // One string for each character, so that generating text allocates none.
    private readonly Lazy<string[]> texts;

    // The id + 1 of every character of the basic plane up to the last one known, or 0.
    private readonly ushort[] idsOfBasicPlane;

    private CharacterTokenizer(ImmutableArray<Rune> characters, TextNormalization normalization)
    {
        this.characters = characters;
        texts = new(() => [.. characters.Select(character => character.ToString())]);
        Normalization = normalization;
        Characters = string.Concat(characters);
        int basic = characters.Count(character => character.IsBmp);
        idsOfBasicPlane = new ushort[basic == 0 ? 0 : characters[basic - 1].Value + 1];
        for (int id = 0; id < basic; id++) idsOfBasicPlane[characters[id].Value] = (ushort)(id + 1);
    }

    /// <inheritdoc/>
    public override TokenizerKind Kind => TokenizerKind.Characters;

    /// <summary>The number of characters.</summary>
    public override int VocabularySize => characters.Length;

    /// <summary>
    /// All characters as one string, in the order of their ids. <see cref="FromCharacters"/> creates the same tokenizer from it.
    /// </summary>
    public string Characters { get; }

    /// <inheritdoc/>
    public override TextNormalization Normalization { get; }

    /// <inheritdoc/>
    public override string UnitName => "characters";

    internal override string TokenDescription => "characters";

    internal override string CacheKey => $"characters {Characters}";

    /// <summary>The character with an id.</summary>
    /// <param name="id">The id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public Rune this[int id] => characters[Checked(id)];

    /// <summary>Creates a tokenizer for the distinct characters of a corpus.</summary>
    /// <param name="corpus">The corpus.</param>
    public static CharacterTokenizer Create(Corpus corpus)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        return new(corpus.DistinctCharacters(), corpus.Normalization);
    }

    /// <summary>Creates a tokenizer for the distinct characters of a string, which is not normalized.</summary>
    /// <param name="text">The characters, in any order.</param>
    /// <param name="normalization">How a text is normalized before it is encoded.</param>
    public static CharacterTokenizer FromCharacters(string text, TextNormalization normalization = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(ScalarValues.Distinct(text), normalization);
    }

    /// <summary>The id of a character, or -1 if it is not in the vocabulary.</summary>
    /// <param name="character">The character.</param>
    public int GetId(Rune character)
    {
        int value = character.Value;
        if (value < idsOfBasicPlane.Length) return idsOfBasicPlane[value] - 1;
        return value < FirstSupplementary ? -1 : Math.Max(characters.BinarySearch(character), -1);
    }

    /// <inheritdoc/>
    public override int[] Encode(string text)
    {
        int[] ids = Encode(text, out List<(Rune Character, int Position)> unknown, mostUnknown: 1);
        return unknown.Count == 0 ? ids : throw new UnknownCharacterException(unknown[0].Character, unknown[0].Position);
    }

    /// <inheritdoc/>
    public override int[] EncodeSkippingUnknown(string text, out IReadOnlyList<string> unknown)
    {
        int[] ids = Encode(text, out List<(Rune Character, int Position)> missing, mostUnknown: int.MaxValue);
        unknown = [.. missing.Select(miss => miss.Character).Distinct().Select(character => character.ToString())];
        return ids;
    }

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> ids)
    {
        StringBuilder text = new(ids.Length);
        Span<char> units = stackalloc char[2];
        foreach (int id in ids) text.Append(units[..this[id].EncodeToUtf16(units)]);
        return text.ToString();
    }

    /// <inheritdoc/>
    public override TokenDecoder CreateDecoder() => new PieceDecoder(this);

    /// <inheritdoc/>
    public override int CountCharacters(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids) Checked(id);
        return ids.Length;
    }

    /// <inheritdoc/>
    public override string GetText(int id) => texts.Value[Checked(id)];

    /// <inheritdoc/>
    public override string GetDisplayText(int id) => VisibleText.Of(GetText(id));

    internal override bool CanDecodeTo(Rune character) => GetId(character) >= 0;

    internal override int[] MapCharacters(IReadOnlyList<Rune> characters) => [.. characters.Select(GetId)];

    internal override Tokenizer Extend(Corpus corpus, out int[] newIds)
    {
        CharacterTokenizer extended = FromCharacters(Characters + string.Concat(corpus.DistinctCharacters()), Normalization);
        newIds = [.. characters.Select(extended.GetId)];
        return extended;
    }

    private int[] Encode(string text, out List<(Rune Character, int Position)> unknown, int mostUnknown)
    {
        ArgumentNullException.ThrowIfNull(text);
        unknown = [];
        // The number of UTF-16 units, which for most texts is exact.
        int[] ids = new int[text.Length];
        int count = 0;
        int position = 0;
        foreach (Rune character in text.EnumerateRunes())
        {
            int id = GetId(character);
            if (id >= 0) ids[count++] = id;
            else unknown.Add((character, position));
            if (unknown.Count >= mostUnknown) break;
            position++;
        }
        return count == ids.Length ? ids : ids[..count];
    }
}

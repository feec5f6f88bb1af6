using System.Collections.Immutable;
using System.Text;
using Aphorist.Text;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>The characters a model knows, sorted by code point; a character's id is its place in that order.</summary>
public sealed class CharacterTokenizer : Tokenizer
{
    private const int FirstSupplementary = 0x10000;

    private readonly ImmutableArray<Rune> characters;

    // One string for each character, so that writing allocates none.
    private readonly Lazy<string[]> texts;

    // The id + 1 of every character of the basic plane up to the last one known; 0 where there is none.
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

    /// <summary>The number of characters.</summary>
    public override int VocabularySize => characters.Length;

    /// <summary>All characters as one string, in the order of their ids: what a model file holds, and <see cref="FromCharacters"/> takes.</summary>
    public string Characters { get; }

    /// <summary>How a text is normalised before it is encoded.</summary>
    public override TextNormalization Normalization { get; }

    /// <summary>The character with this id.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public Rune this[int id] => characters[TokenId.Checked(id, VocabularySize)];

    /// <summary>The distinct characters of a corpus.</summary>
    public static CharacterTokenizer Create(Corpus corpus)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        return new(corpus.DistinctCharacters(), corpus.Normalization);
    }

    /// <summary>The distinct characters of a string, taken as they are.</summary>
    public static CharacterTokenizer FromCharacters(string text, TextNormalization normalization = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(DistinctCharacters.Of(text), normalization);
    }

    /// <summary>The id of a character, or -1 if the vocabulary lacks it.</summary>
    public int GetId(Rune character)
    {
        int value = character.Value;
        if (value < idsOfBasicPlane.Length) return idsOfBasicPlane[value] - 1;
        return value < FirstSupplementary ? -1 : Math.Max(characters.BinarySearch(character), -1);
    }

    /// <summary>The ids of a text already normalised.</summary>
    /// <exception cref="UnknownCharacterException">The text has a character outside the vocabulary.</exception>
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

    /// <summary>The text that these ids spell.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public override string Decode(ReadOnlySpan<int> ids)
    {
        StringBuilder text = new(ids.Length);
        Span<char> units = stackalloc char[2];
        foreach (int id in ids) text.Append(units[..this[id].EncodeToUtf16(units)]);
        return text.ToString();
    }

    /// <inheritdoc/>
    public override TokenDecoder CreateDecoder() => new PieceDecoder(TextOf);

    /// <inheritdoc/>
    public override int CountCharacters(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids) TokenId.Checked(id, VocabularySize);
        return ids.Length;
    }

    /// <inheritdoc/>
    public override string GetDisplayText(int id) => VisibleText.Of(this[id].ToString());

    private string TextOf(int id) => texts.Value[TokenId.Checked(id, VocabularySize)];

    private int[] Encode(string text, out List<(Rune Character, int Position)> unknown, int mostUnknown)
    {
        ArgumentNullException.ThrowIfNull(text);
        unknown = [];
        // As many as the text has UTF-16 units, which for most texts is exact.
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

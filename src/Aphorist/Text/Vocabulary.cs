using System.Collections.Immutable;
using System.Text;

namespace Aphorist.Text;

/// <summary>The characters a model knows, sorted by code point; a character's id is its place in that order.</summary>
public sealed class Vocabulary
{
    private readonly ImmutableArray<Rune> characters;
    private readonly Dictionary<Rune, int> ids;

    private Vocabulary(ImmutableArray<Rune> characters, TextNormalization normalization)
    {
        this.characters = characters;
        ids = characters.Select((character, id) => (character, id)).ToDictionary(pair => pair.character, pair => pair.id);
        Normalization = normalization;
    }

    /// <summary>The number of characters.</summary>
    public int Count => characters.Length;

    /// <summary>How a text is normalised before it is encoded.</summary>
    public TextNormalization Normalization { get; }

    /// <summary>The character with this id.</summary>
    public Rune this[int id] => characters[id];

    /// <summary>The distinct characters of a corpus.</summary>
    public static Vocabulary Of(Corpus corpus) => FromCharacters(corpus.Text, corpus.Normalization);

    /// <summary>The distinct characters of a string.</summary>
    public static Vocabulary FromCharacters(string text, TextNormalization normalization = default) =>
        new([.. text.EnumerateRunes().Distinct().Order()], normalization);

    /// <summary>The id of a character, or -1 if the vocabulary lacks it.</summary>
    public int IdOf(Rune character) => ids.GetValueOrDefault(character, -1);

    /// <summary>The ids of a text already normalised.</summary>
    /// <exception cref="UnknownCharacterException">The text has a character outside the vocabulary.</exception>
    public int[] Encode(string text) => [.. text.EnumerateRunes().Select(IdOf)];

    /// <summary>The text that these ids spell.</summary>
    public string Decode(ReadOnlySpan<int> ids)
    {
        StringBuilder text = new(ids.Length);
        foreach (int id in ids) text.Append(characters[id]);
        return text.ToString();
    }
}

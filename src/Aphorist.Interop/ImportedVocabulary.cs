using System.Buffers;
using System.Text;
using System.Text.Json;
using Aphorist.Text;

namespace Aphorist.Interop;

/// <summary>An order in which programs number the characters of a text.</summary>
public enum CharacterOrder
{
    /// <summary>By code point, as <c>sorted(set(text))</c> in Python.</summary>
    CodePoint,

    /// <summary>By code point, the last one first.</summary>
    Reversed,

    /// <summary>By first occurrence in the text, as <c>dict.fromkeys(text)</c> in Python.</summary>
    FirstOccurrence,

    /// <summary>
    /// By frequency in the text, the most frequent first and equally frequent ones by first occurrence, as
    /// <c>Counter(text).most_common()</c> in Python.
    /// </summary>
    Frequency,
}

/// <summary>
/// The characters of another program's model and their ids, in any order. The ids of a <see cref="CharacterTokenizer"/> are sorted by code
/// point.
/// </summary>
public sealed class ImportedVocabulary
{
    // The file name in the messages of ModelFileException: the caller may have read the vocabulary from anywhere.
    private const string Name = "vocabulary";

    private readonly int[] places;

    private ImportedVocabulary(CharacterTokenizer tokenizer, int[] places, int size, IReadOnlyList<string> leftOut) =>
        (Tokenizer, this.places, Size, LeftOut) = (tokenizer, places, size, leftOut);

    /// <summary>The tokenizer with these characters.</summary>
    public CharacterTokenizer Tokenizer { get; }

    /// <summary>The number of ids in the other program: the characters, and the entries in <see cref="LeftOut"/>.</summary>
    public int Size { get; }

    /// <summary>
    /// The entries that are no characters, such as <c>&lt;PAD&gt;</c> or the unused id 0. The imported model does not have them: it never
    /// reads or generates them, and their probability is distributed over the characters.
    /// </summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>Whether the ids begin at 1 and there is nothing at 0.</summary>
    internal bool StartsAtOne => LeftOut is [VocabularyJson.UnusedZero, ..];

    /// <summary>The other program's id of each character of <see cref="Tokenizer"/>.</summary>
    internal ReadOnlySpan<int> Places => places;

    /// <summary>Creates a vocabulary of the distinct characters of a corpus.</summary>
    /// <param name="corpus">The text that the model was trained on, with the same encoding and normalization.</param>
    /// <param name="order">The order of their ids. By code point by default.</param>
    public static ImportedVocabulary Create(Corpus corpus, CharacterOrder order = CharacterOrder.CodePoint)
    {
        CharacterTokenizer tokenizer = CharacterTokenizer.Create(corpus);
        return Create(tokenizer, Sort(corpus, tokenizer, order));
    }

    /// <summary>Creates a vocabulary of the characters of a string, whose ids are their positions.</summary>
    /// <param name="characters">The characters, each once. A line feed counts as one, and so does a carriage return.</param>
    /// <param name="normalization">The normalization of texts in the other program. None by default.</param>
    /// <exception cref="ModelFileException">A character occurs twice.</exception>
    public static ImportedVocabulary FromCharacters(string characters, TextNormalization normalization = default)
    {
        ArgumentNullException.ThrowIfNull(characters);
        return Create([.. characters.EnumerateRunes().Select((character, id) => (character.ToString(), id))], normalization);
    }

    /// <summary>
    /// Reads a vocabulary that a program saved as JSON: an object that maps characters to ids, <c>{"a": 0, "b": 1}</c>, or ids to
    /// characters, <c>{"0": "a", "1": "b"}</c>; a list of characters, <c>["a", "b"]</c>; or an object that contains one of these under a
    /// usual name, such as <c>token_to_idx</c>, <c>word_index</c> or <c>vocab</c>.
    /// </summary>
    /// <param name="json">The JSON text.</param>
    /// <param name="normalization">The normalization of texts in the other program. None by default.</param>
    /// <remarks>
    /// Ids can begin at 1. Entries such as <c>&lt;PAD&gt;</c>, <c>[UNK]</c> or the empty string are <see cref="LeftOut"/>.
    /// </remarks>
    /// <exception cref="ModelFileException">
    /// The text is not such a document, an entry is neither a character nor a usual special token, a character or an id occurs twice, or an
    /// id is missing.
    /// </exception>
    public static ImportedVocabulary FromJson(string json, TextNormalization normalization = default)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return Create(VocabularyJson.Read(json), normalization);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new ModelFileException(
                Name,
                "it is not a JSON object or list of characters, each once; write one such as {\"a\": 0, \"b\": 1} or [\"a\", \"b\"]",
                exception);
        }
    }

    /// <summary>
    /// Whether a model with a number of ids can have this vocabulary: <see cref="Size"/>, or one less if ids begin at 1 and the model has
    /// no row for the unused id 0.
    /// </summary>
    /// <param name="size">The vocabulary size of the model.</param>
    public bool Fits(int size) => PlacesIn(size) is not null;

    /// <summary>Numbers the characters of a tokenizer in another order; null if the text does not have all of them.</summary>
    internal static ImportedVocabulary? TryCreate(Corpus corpus, CharacterTokenizer tokenizer, CharacterOrder order) =>
        Sort(corpus, tokenizer, order) is { } sorted && sorted.Length == tokenizer.VocabularySize ? Create(tokenizer, sorted) : null;

    /// <summary>
    /// The other program's id of each character of <see cref="Tokenizer"/>, for a model with a number of ids; null if the number does not
    /// fit. Where the ids begin at 1, the model may have a row for the unused id 0 or not.
    /// </summary>
    internal int[]? PlacesIn(int size) => size == Size ? places
        : StartsAtOne && size == Size - 1 && LeftOut.Count == 1 ? [.. places.Select(place => place - 1)]
        : null;

    private static ImportedVocabulary Create(CharacterTokenizer tokenizer, int[] sorted)
    {
        int[] places = new int[sorted.Length];
        for (int place = 0; place < sorted.Length; place++) places[sorted[place]] = place;
        return new(tokenizer, places, places.Length, []);
    }

    /// <summary>The ids of a tokenizer in an order. Those that do not occur in the text are missing if the order depends on it.</summary>
    private static int[] Sort(Corpus corpus, CharacterTokenizer tokenizer, CharacterOrder order)
    {
        IEnumerable<int> ids = Enumerable.Range(0, tokenizer.VocabularySize);
        if (order == CharacterOrder.CodePoint) return [.. ids];
        if (order == CharacterOrder.Reversed) return [.. ids.Reverse()];
        long[] counts = new long[tokenizer.VocabularySize];
        List<int> met = [];
        foreach (string block in corpus.EnumerateBlocks())
        {
            foreach (Rune character in block.EnumerateRunes())
                if (tokenizer.GetId(character) is >= 0 and int id && counts[id]++ == 0) met.Add(id);
        }

        // The sort is stable, so equally frequent characters stay in the order of their first occurrence.
        return order == CharacterOrder.FirstOccurrence ? [.. met] : [.. met.OrderByDescending(id => counts[id])];
    }

    private static ImportedVocabulary Create(IReadOnlyList<(string Entry, int Id)> entries, TextNormalization normalization)
    {
        Dictionary<int, string> met = [];
        Dictionary<Rune, int> ids = [];
        List<string> leftOut = [];
        int size = entries.Count;
        if (size > 0 && entries.All(entry => entry.Id != 0) && entries.Any(entry => entry.Id == size))
        {
            leftOut.Add(VocabularyJson.UnusedZero);
            size++;
        }

        foreach ((string entry, int id) in entries)
        {
            Rune? character = CharacterOf(entry);
            string name = character is { } rune ? CharacterName.Of(rune) : $"'{entry}'";
            if (id < 0 || id >= size || !met.TryAdd(id, entry))
            {
                throw new ModelFileException(
                    Name,
                    $"it gives {name} the id {id}, but the ids of its {entries.Count} entries must be 0 to {entries.Count - 1} or 1 to "
                    + $"{entries.Count}, each once");
            }

            if (character is not { } known) leftOut.Add(SpecialToken(entry));
            else if (!ids.TryAdd(known, id))
                throw new ModelFileException(
                    Name, $"it has {name} twice, with the ids {ids[known]} and {id}; each character must occur once");
        }

        if (size > 0 && ids.Count == 0) throw new ModelFileException(Name, "it has no characters");
        CharacterTokenizer tokenizer = CharacterTokenizer.FromCharacters(string.Concat(ids.Keys), normalization);
        return new(
            tokenizer, [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => ids[tokenizer[id]])], size, leftOut);
    }

    private static Rune? CharacterOf(string entry) =>
        Rune.DecodeFromUtf16(entry, out Rune rune, out int length) == OperationStatus.Done && length == entry.Length ? rune : null;

    /// <summary>Returns an entry that stands for no text. Any other entry of several characters is refused.</summary>
    private static string SpecialToken(string entry)
    {
        string name = entry.Trim('<', '>', '[', ']', '{', '}', '|', '_', '/').ToUpperInvariant();
        if (name is "SPACE" or "SP" or "NL" or "NEWLINE" or "LF" or "CR" or "TAB" or "EOL" or "BR" or "\\N" or "\\T" or "\\R")
        {
            throw new ModelFileException(
                Name, $"its entry '{entry}' seems to stand for a character; write the character itself in its place");
        }

        bool isBracketed = entry.Length > 2 && (entry[0], entry[^1]) is ('<', '>') or ('[', ']') or ('{', '}') or ('_', '_');
        bool isSpecial = entry.Length == 0 || isBracketed
            || name is "PAD" or "UNK" or "OOV" or "BOS" or "EOS" or "SOS" or "MASK" or "CLS" or "SEP";
        return isSpecial
            ? entry.Length == 0 ? "''" : entry
            : throw new ModelFileException(
                Name, $"it has the entry '{entry}', which is not one character; only character models can be imported");
    }
}

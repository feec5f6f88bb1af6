using System.Buffers;
using System.Text;
using System.Text.Json;
using Aphorist.Text;

namespace Aphorist.Interop;

/// <summary>
/// The characters of another program's model and their ids, in any order. The ids of a <see cref="CharacterTokenizer"/> are sorted by code
/// point.
/// </summary>
public sealed class ImportedVocabulary
{
    // The file name in the messages of ModelFileException: the caller may have read the vocabulary from anywhere.
    private const string Name = "vocabulary";

    private readonly int[] places;

    private ImportedVocabulary(CharacterTokenizer tokenizer, int[] places) => (Tokenizer, this.places) = (tokenizer, places);

    /// <summary>The tokenizer with these characters.</summary>
    public CharacterTokenizer Tokenizer { get; }

    /// <summary>The other program's id of each character of <see cref="Tokenizer"/>.</summary>
    internal ReadOnlySpan<int> Places => places;

    /// <summary>
    /// Creates a vocabulary of the distinct characters of a corpus in sorted order, like <c>sorted(set(text))</c> in Python.
    /// </summary>
    /// <param name="corpus">The text that the model was trained on, with the same encoding and normalization.</param>
    public static ImportedVocabulary Create(Corpus corpus)
    {
        CharacterTokenizer vocabulary = CharacterTokenizer.Create(corpus);
        return new(vocabulary, [.. Enumerable.Range(0, vocabulary.VocabularySize)]);
    }

    /// <summary>Creates a vocabulary of the characters of a string, whose ids are their positions.</summary>
    /// <param name="characters">The characters, each once. A line feed counts as one.</param>
    /// <param name="normalization">The normalization of texts in the other program. None by default.</param>
    /// <exception cref="ModelFileException">A character occurs twice.</exception>
    public static ImportedVocabulary FromCharacters(string characters, TextNormalization normalization = default)
    {
        ArgumentNullException.ThrowIfNull(characters);
        Dictionary<Rune, int> ids = [];
        foreach (Rune character in characters.EnumerateRunes()) Add(ids, character, ids.Count);
        return Create(ids, normalization);
    }

    /// <summary>
    /// Reads a JSON object that maps characters to ids, <c>{"a": 0, "b": 1}</c>, or ids to characters, <c>{"0": "a", "1": "b"}</c>.
    /// </summary>
    /// <param name="json">The JSON text.</param>
    /// <param name="normalization">The normalization of texts in the other program. None by default.</param>
    /// <exception cref="ModelFileException">
    /// The text is not such an object, a character or an id occurs twice, or an id is missing.
    /// </exception>
    public static ImportedVocabulary FromJson(string json, TextNormalization normalization = default)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            // JSON keeps the last of two members with the same name, which would hide a mistake.
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Create(ReadMap(document.RootElement), normalization);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new ModelFileException(
                Name, "it is not a JSON object of characters and their ids, each once; write one such as {\"a\": 0, \"b\": 1}", exception);
        }
    }

    private static Dictionary<Rune, int> ReadMap(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new JsonException();
        Dictionary<Rune, int> ids = [];
        foreach (JsonProperty member in root.EnumerateObject())
        {
            (string character, string id) = member.Value.ValueKind == JsonValueKind.String
                ? (member.Value.GetString()!, member.Name)
                : (member.Name, member.Value.ToString());
            if (Rune.DecodeFromUtf16(character, out Rune rune, out int length) != OperationStatus.Done || length != character.Length)
            {
                throw new ModelFileException(
                    Name, $"it has the entry '{character}', which is not one character; only character models can be imported");
            }

            if (!int.TryParse(id, out int value)) throw new JsonException();
            Add(ids, rune, value);
        }

        return ids;
    }

    private static void Add(Dictionary<Rune, int> ids, Rune character, int id)
    {
        if (!ids.TryAdd(character, id))
        {
            throw new ModelFileException(
                Name,
                $"it has {CharacterName.Of(character)} twice, with the ids {ids[character]} and {id}; each character must occur once");
        }
    }

    private static ImportedVocabulary Create(Dictionary<Rune, int> ids, TextNormalization normalization)
    {
        bool[] met = new bool[ids.Count];
        foreach ((Rune character, int id) in ids)
        {
            if (id < 0 || id >= met.Length || met[id])
            {
                throw new ModelFileException(
                    Name,
                    $"it gives {CharacterName.Of(character)} the id {id}, but the ids of its {met.Length} characters must be 0 to "
                    + $"{met.Length - 1}, each once");
            }

            met[id] = true;
        }

        CharacterTokenizer vocabulary = CharacterTokenizer.FromCharacters(string.Concat(ids.Keys), normalization);
        return new(vocabulary, [.. Enumerable.Range(0, vocabulary.VocabularySize).Select(id => ids[vocabulary[id]])]);
    }
}

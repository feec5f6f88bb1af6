using System.Buffers;
using System.Text;
using System.Text.Json;
using Aphorist.Text;

namespace Aphorist.Interop;

/// <summary>The characters of another program's model and their ids there, which can be in any order. Those of a <see cref="CharacterTokenizer"/> are sorted by code point.</summary>
public sealed class ImportedVocabulary
{
    private readonly int[] places;

    private ImportedVocabulary(CharacterTokenizer tokenizer, int[] places) => (Tokenizer, this.places) = (tokenizer, places);

    /// <summary>The tokenizer with these characters.</summary>
    public CharacterTokenizer Tokenizer { get; }

    /// <summary>The other program's id of each character of <see cref="Tokenizer"/>.</summary>
    internal ReadOnlySpan<int> Places => places;

    /// <summary>Returns the distinct characters of a corpus in sorted order, as <c>sorted(list(set(text)))</c> gives them.</summary>
    /// <param name="corpus">The text that the model was trained on, with the same encoding and normalization.</param>
    public static ImportedVocabulary Of(Corpus corpus)
    {
        CharacterTokenizer vocabulary = CharacterTokenizer.Create(corpus);
        return new(vocabulary, [.. Enumerable.Range(0, vocabulary.VocabularySize)]);
    }

    /// <summary>Returns the characters of a string, whose ids are their positions.</summary>
    /// <param name="characters">The characters, each once. A line feed counts as one.</param>
    /// <param name="normalization">The normalization of texts in the other program. None by default.</param>
    /// <exception cref="InvalidDataException">A character occurs twice.</exception>
    public static ImportedVocabulary FromCharacters(string characters, TextNormalization normalization = default)
    {
        ArgumentNullException.ThrowIfNull(characters);
        Dictionary<Rune, int> numbers = [];
        foreach (Rune character in characters.EnumerateRunes()) Add(numbers, character, numbers.Count);
        return Of(numbers, normalization);
    }

    /// <summary>Reads a JSON object in either direction: <c>{"a": 0, "b": 1}</c>, often named char_indices, or <c>{"0": "a", "1": "b"}</c>, indices_char.</summary>
    /// <param name="json">The JSON text.</param>
    /// <param name="normalization">The normalization of texts in the other program. None by default.</param>
    /// <exception cref="InvalidDataException">The text is not such an object, a character or an id occurs twice, or an id is missing.</exception>
    public static ImportedVocabulary FromJson(string json, TextNormalization normalization = default)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            // JSON keeps the last of two members with the same name, which would hide a mistake.
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Of(ReadMap(document.RootElement), normalization);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException("The vocabulary is not a JSON object of characters and their ids, each once. Write one such as {\"a\": 0, \"b\": 1}.", exception);
        }
    }

    private static Dictionary<Rune, int> ReadMap(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new JsonException();
        Dictionary<Rune, int> numbers = [];
        foreach (JsonProperty member in root.EnumerateObject())
        {
            (string character, string number) = member.Value.ValueKind == JsonValueKind.String ? (member.Value.GetString()!, member.Name) : (member.Name, member.Value.ToString());
            if (Rune.DecodeFromUtf16(character, out Rune rune, out int length) != OperationStatus.Done || length != character.Length)
                throw new InvalidDataException($"The vocabulary has the entry '{character}', which is not one character: models of characters can be imported, models of words cannot.");
            if (!int.TryParse(number, out int value)) throw new JsonException();
            Add(numbers, rune, value);
        }

        return numbers;
    }

    private static void Add(Dictionary<Rune, int> numbers, Rune character, int number)
    {
        if (!numbers.TryAdd(character, number))
            throw new InvalidDataException($"The vocabulary has {CharacterName.Of(character)} twice, as number {numbers[character]} and as number {number}: each character must be there once.");
    }

    private static ImportedVocabulary Of(Dictionary<Rune, int> numbers, TextNormalization normalization)
    {
        bool[] met = new bool[numbers.Count];
        foreach ((Rune character, int number) in numbers)
        {
            if (number < 0 || number >= met.Length || met[number])
                throw new InvalidDataException($"The vocabulary gives {CharacterName.Of(character)} the number {number}, but the numbers of its {met.Length} characters must be 0 to {met.Length - 1}, each once.");
            met[number] = true;
        }

        CharacterTokenizer vocabulary = CharacterTokenizer.FromCharacters(string.Concat(numbers.Keys), normalization);
        return new(vocabulary, [.. Enumerable.Range(0, vocabulary.VocabularySize).Select(id => numbers[vocabulary[id]])]);
    }
}

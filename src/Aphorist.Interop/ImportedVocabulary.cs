using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Aphorist.Interop;

/// <summary>The characters of another program's model by their numbers, which are whatever that program made them; ours are sorted by code point.</summary>
public sealed class ImportedVocabulary
{
    private readonly int[] places;

    private ImportedVocabulary(CharacterTokenizer tokenizer, int[] places) => (Tokenizer, this.places) = (tokenizer, places);

    /// <summary>The characters, sorted.</summary>
    public CharacterTokenizer Tokenizer { get; }

    /// <summary>The other program's number of each character of <see cref="Tokenizer"/>.</summary>
    internal ReadOnlySpan<int> Places => places;

    /// <summary>The distinct characters of a corpus, sorted, as <c>sorted(list(set(text)))</c> numbers them in most programs.</summary>
    /// <param name="corpus">The text that the model was trained on, read as it was then.</param>
    public static ImportedVocabulary Of(Corpus corpus)
    {
        CharacterTokenizer vocabulary = CharacterTokenizer.Create(corpus);
        return new(vocabulary, [.. Enumerable.Range(0, vocabulary.VocabularySize)]);
    }

    /// <summary>The characters of a string, in the order of their numbers.</summary>
    /// <param name="characters">The characters, each once; a line feed is one of them.</param>
    /// <param name="normalization">How texts were normalized before they were numbered. Not at all by default.</param>
    /// <exception cref="InvalidDataException">A character is there twice.</exception>
    public static ImportedVocabulary FromCharacters(string characters, TextNormalization normalization = default)
    {
        ArgumentNullException.ThrowIfNull(characters);
        Dictionary<Rune, int> numbers = [];
        foreach (Rune character in characters.EnumerateRunes()) Add(numbers, character, numbers.Count);
        return Of(numbers, normalization);
    }

    /// <summary>A JSON object either way round: <c>{"a": 0, "b": 1}</c>, as programs call it char_indices, or <c>{"0": "a", "1": "b"}</c>, indices_char.</summary>
    /// <param name="json">The object.</param>
    /// <param name="normalization">How texts were normalized before they were numbered. Not at all by default.</param>
    /// <exception cref="InvalidDataException">It is no such object, a character or a number is there twice, or a number from 0 on is missing.</exception>
    public static ImportedVocabulary FromJson(string json, TextNormalization normalization = default)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            // Of two members of one name JSON keeps the last, which would hide a mistake.
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Of(ReadMap(document.RootElement), normalization);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException("The vocabulary is no JSON object of characters and their numbers, each once: write one such as {\"a\": 0, \"b\": 1}.", exception);
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

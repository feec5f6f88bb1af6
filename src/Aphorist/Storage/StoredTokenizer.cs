using System.Text;
using Aphorist.Text;
using Aphorist.Text.Tokenizers;

namespace Aphorist.Storage;

/// <summary>Converts a tokenizer to its description in a model file and back.</summary>
internal static class StoredTokenizer
{
    public const string Characters = "characters";
    public const string Words = "words";
    public const string Bytes = "bytes";

    public static TokenizerMetadata Describe(Tokenizer tokenizer) => tokenizer.Kind switch
    {
        TokenizerKind.Characters => new() { Kind = Characters, Vocabulary = string.Concat(TokensOf(tokenizer)) },
        TokenizerKind.Words => new()
        {
            Kind = Words,
            Tokens = [.. TokensOf(tokenizer)],
            Spelling = tokenizer.Spelling is { IsUniform: false } spelling ? spelling.Counts : null,
        },
        _ => new() { Kind = Bytes },
    };

    /// <exception cref="ModelFileException">The description is not that of a valid tokenizer.</exception>
    public static Tokenizer Read(string path, TokenizerMetadata tokenizer, TextNormalization normalization) => tokenizer.Kind switch
    {
        Characters => ReadCharacters(path, tokenizer.Vocabulary, normalization),
        Words => ReadWords(path, tokenizer.Tokens, tokenizer.Spelling, normalization),
        Bytes => new ByteTokenizer(normalization),
        string other => throw new ModelFileException(
            path, $"its tokenizer is '{other}' and this program knows '{Characters}', '{Words}' and '{Bytes}'; update Aphorist"),
    };

    private static IEnumerable<string> TokensOf(Tokenizer tokenizer) =>
        Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.GetText);

    private static CharacterTokenizer ReadCharacters(string path, string? characters, TextNormalization normalization)
    {
        if (characters is null) throw new ModelFileException(path, "its tokenizer is 'characters' but it has no vocabulary");
        int previous = -1;
        int count = 0;
        foreach (Rune character in characters.EnumerateRunes())
        {
            if (character.Value <= previous)
                throw new ModelFileException(
                    path, $"its vocabulary is not sorted or repeats a character (U+{character.Value:X4} after U+{previous:X4})");
            previous = character.Value;
            count++;
        }

        if (count < 2) throw TooFew(path, Plural.Of(count, "character"));
        return CharacterTokenizer.FromCharacters(characters, normalization);
    }

    private static ModelFileException TooFew(string path, string found) =>
        new(path, $"its vocabulary has {found} where at least 2 are needed");

    private static WordTokenizer ReadWords(
        string path, IReadOnlyList<string?>? tokens, SpellingCounts? counts, TextNormalization normalization)
    {
        if (tokens is null) throw new ModelFileException(path, "its tokenizer is 'words' but it has no tokens");
        if (tokens.Count < 2) throw TooFew(path, Plural.Of(tokens.Count, "token"));
        Dictionary<string, int> ids = new(tokens.Count, StringComparer.Ordinal);
        for (int id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] is not { Length: > 0 } token) throw new ModelFileException(path, $"token {id} of its vocabulary is empty");
            if (id == WordTokenizer.UnknownId != (token == WordTokenizer.UnknownToken) || (id > 0 && token.Contains('\uFFFD')))
                throw new ModelFileException(
                    path, $"token {id} of its vocabulary is '{token}' where only token 0 is U+FFFD, which stands for unknown words");
            if (!ids.TryAdd(token, id))
                throw new ModelFileException(path, $"tokens {ids[token]} and {id} of its vocabulary are both '{token}'");
        }

        SpellingModel spelling = SpellingModel.TryCreate(counts ?? SpellingModel.Uniform.Counts) ?? throw new ModelFileException(
            path, "the spelling of its tokenizer is not one positive count for each of its characters, of as many words or more");
        return WordTokenizer.FromTokens(tokens!, normalization, spelling);
    }
}

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Aphorist.Text;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>
/// A tokenizer whose tokens are words and the single characters between them. A word is a run of letters, digits and combining marks, with
/// the apostrophes inside it and one space before it: <c>Don't stop, now</c> is <c>Don't</c>, <c>␣stop</c>, <c>,</c>, <c>␣now</c>. In
/// scripts without spaces between words, such as Chinese, every character is a token. The tokens joined are exactly the text, except for
/// unknown words.
/// </summary>
public sealed class WordTokenizer : Tokenizer
{
    /// <summary>The id of the unknown token, which replaces words and characters that are not in the vocabulary.</summary>
    public const int UnknownId = 0;

    /// <summary>The text of the unknown token: U+FFFD, the replacement character of Unicode, which ordinary texts do not contain.</summary>
    public const string UnknownToken = "\uFFFD";

    /// <summary>The default of <see cref="TokenizerOptions.VocabularySize"/>.</summary>
    internal const int DefaultVocabularySize = 20_000;

    /// <summary>The default of <see cref="TokenizerOptions.MinimumCount"/>.</summary>
    internal const int DefaultMinimumCount = 2;

    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly int[] characterCounts;
    private readonly Lazy<string> cacheKey;
    private readonly Lazy<HashSet<Rune>> knownCharacters;

    private WordTokenizer(ImmutableArray<string> tokens, TextNormalization normalization, SpellingModel spelling)
    {
        (Tokens, Normalization, Spelling) = (tokens, normalization, spelling);
        characterCounts = [.. tokens.Select(token => token.EnumerateRunes().Count())];
        cacheKey = new(() => $"words {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', tokens))))}");
        knownCharacters = new(() => [.. tokens.SelectMany(token => token.EnumerateRunes())]);
        // Without the unknown token, so that U+FFFD in a text is unknown.
        for (int id = UnknownId + 1; id < tokens.Length; id++)
        {
            if (ids.TryAdd(tokens[id], id)) continue;
            string shown = VisibleText.Of(tokens[id]);
            throw new ArgumentException($"The tokens {ids[tokens[id]]} and {id} are both '{shown}': give each token once.", nameof(tokens));
        }
    }

    /// <inheritdoc/>
    public override TokenizerKind Kind => TokenizerKind.Words;

    /// <summary>
    /// All tokens in the order of their ids, the unknown token first. <see cref="FromTokens"/> creates the same tokenizer from them and
    /// <see cref="Spelling"/>.
    /// </summary>
    public ImmutableArray<string> Tokens { get; }

    /// <inheritdoc/>
    public override int VocabularySize => Tokens.Length;

    /// <inheritdoc/>
    public override TextNormalization Normalization { get; }

    /// <summary><see cref="UnknownId"/>.</summary>
    public override int? UnknownTokenId => UnknownId;

    /// <summary>The cost of an unknown word. It was counted in the words that the vocabulary leaves out.</summary>
    public override SpellingModel Spelling { get; }

    /// <inheritdoc/>
    public override string UnitName => "tokens";

    internal override string TokenDescription => "words or single characters between words";

    internal override string CacheKey => cacheKey.Value;

    /// <summary>
    /// Creates a tokenizer for the most frequent words of a corpus and all its single characters. The same corpus and limits always give
    /// the same tokenizer.
    /// </summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="vocabularySize">The maximum number of tokens, the unknown token included; at least 2. The rarest tokens are left out,
    /// words before single characters.</param>
    /// <param name="minimumCount">How often a word must occur, with or without its space, to be kept; at least 1. With 1, no word of the
    /// corpus is unknown unless the vocabulary size is too small.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of range.</exception>
    public static WordTokenizer Create(Corpus corpus, int vocabularySize = DefaultVocabularySize, int minimumCount = DefaultMinimumCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCount, 1);
        TokenizerOptions options = new() { Kind = TokenizerKind.Words, VocabularySize = vocabularySize, MinimumCount = minimumCount };
        return (WordTokenizer)Create(corpus, options);
    }

    /// <summary>Creates a tokenizer with given tokens.</summary>
    /// <param name="tokens">The tokens in the order of their ids. The first is <see cref="UnknownToken"/>.</param>
    /// <param name="normalization">How a text is normalized before it is encoded.</param>
    /// <param name="spelling">
    /// The cost of an unknown word; <see cref="SpellingModel.Uniform"/>, 21.1 bits for each character, if null.
    /// </param>
    /// <exception cref="ArgumentException">The unknown token is not first, or a token is empty, repeated or not well-formed
    /// text.</exception>
    public static WordTokenizer FromTokens(
        IReadOnlyList<string> tokens, TextNormalization normalization = default, SpellingModel? spelling = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count == 0 || tokens[UnknownId] != UnknownToken)
            throw new ArgumentException("The first token must be U+FFFD, which stands for unknown words.", nameof(tokens));
        for (int id = UnknownId + 1; id < tokens.Count; id++)
        {
            if (string.IsNullOrEmpty(tokens[id])) throw new ArgumentException($"Token {id} is empty: leave it out.", nameof(tokens));
            // Half a surrogate pair is enumerated as U+FFFD, too.
            if (tokens[id].EnumerateRunes().Contains(Rune.ReplacementChar))
            {
                throw new ArgumentException(
                    $"Token {id} holds half a surrogate pair or U+FFFD, which only the first token is: leave it out.", nameof(tokens));
            }
        }
        return new([.. tokens], normalization, spelling ?? SpellingModel.Uniform);
    }

    /// <summary>
    /// Encodes a text that is already normalized. Words and characters that are not in the vocabulary become <see cref="UnknownId"/>.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <remarks>A word that is known only without its space becomes the space and the word. An unknown word with a space becomes the space
    /// and the unknown token.</remarks>
    public override int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new WordEncoder(ids, unknown: null, skipsUnknown: false).Encode(text);
    }

    /// <inheritdoc/>
    public override int[] EncodeSkippingUnknown(string text, out IReadOnlyList<string> unknown)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> missing = [];
        int[] known = new WordEncoder(ids, missing, skipsUnknown: true).Encode(text);
        unknown = [.. missing.Distinct()];
        return known;
    }

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> ids)
    {
        StringBuilder text = new(ids.Length * 5);
        foreach (int id in ids) text.Append(GetText(id));
        return text.ToString();
    }

    /// <inheritdoc/>
    public override TokenDecoder CreateDecoder() => new PieceDecoder(this);

    /// <inheritdoc/>
    public override int CountCharacters(ReadOnlySpan<int> ids)
    {
        int count = 0;
        foreach (int id in ids) count += characterCounts[Checked(id)];
        return count;
    }

    /// <inheritdoc/>
    public override string GetText(int id) => Tokens[Checked(id)];

    /// <inheritdoc/>
    public override string GetDisplayText(int id) => id == UnknownId ? "<unknown>" : VisibleText.Of(GetText(id));

    internal static WordTokenizer FromChosen(WordVocabulary chosen, Corpus corpus) =>
        new([.. chosen.Tokens], corpus.Normalization, chosen.Spelling);

    internal override int[] Encode(string text, List<string> unknown) => new WordEncoder(ids, unknown, skipsUnknown: false).Encode(text);

    internal override bool CanDecodeTo(Rune character) => knownCharacters.Value.Contains(character);

    internal override int[] FindTokens(string text) => [.. base.FindTokens(text), .. base.FindTokens(" " + text)];

    internal override Tokenizer Extend(Corpus corpus, out int[] newIds)
    {
        // New words come after the old ones.
        newIds = GetIds();
        WordTokenizer created = Create(corpus);
        return FromTokens([.. Tokens.Union(created.Tokens)], Normalization, created.Spelling);
    }

    /// <summary>Collects the ids of the tokens of one text.</summary>
    /// <param name="ids">The id of every token but the unknown one.</param>
    /// <param name="unknown">Receives the words and characters without an id; null if they are not needed.</param>
    /// <param name="skipsUnknown">Whether they are left out, instead of becoming the unknown token.</param>
    private sealed class WordEncoder(Dictionary<string, int> ids, List<string>? unknown, bool skipsUnknown)
    {
        private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        private readonly List<int> encoded = [];

        public int[] Encode(ReadOnlySpan<char> text)
        {
            encoded.EnsureCapacity(text.Length / 4);
            while (!text.IsEmpty)
            {
                int length = WordSplitter.FirstLength(text);
                Add(text[..length]);
                text = text[length..];
            }
            return [.. encoded];
        }

        private void Add(ReadOnlySpan<char> token)
        {
            if (lookup.TryGetValue(token, out int id)) encoded.Add(id);
            else if (token is [' ', _, ..]) AddWithItsSpace(token[1..]);
            else AddUnknown(token);
        }

        private void AddWithItsSpace(ReadOnlySpan<char> word)
        {
            bool isKnown = lookup.TryGetValue(word, out int id);
            // Where an unknown word is left out, its space would be one too many.
            if (isKnown || !skipsUnknown) Add(" ");
            if (isKnown) encoded.Add(id);
            else AddUnknown(word);
        }

        private void AddUnknown(ReadOnlySpan<char> token)
        {
            if (!skipsUnknown) encoded.Add(UnknownId);
            unknown?.Add(token.ToString());
        }
    }
}

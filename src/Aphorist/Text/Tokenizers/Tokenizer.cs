using System.Text;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>
/// Converts text to token ids, which a model reads and generates, and back. An id is the index of a token in the vocabulary. There are
/// three kinds: <see cref="CharacterTokenizer"/>, <see cref="WordTokenizer"/> and <see cref="ByteTokenizer"/>. Safe to use from several
/// threads at once.
/// </summary>
public abstract class Tokenizer
{
    private protected Tokenizer()
    {
    }

    /// <summary>What the tokens are.</summary>
    public abstract TokenizerKind Kind { get; }

    /// <summary>The number of tokens in the vocabulary. Ids are in the range from 0 to one less.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>How a text is normalized before it is encoded, see <see cref="TextNormalization.Apply"/>.</summary>
    public abstract TextNormalization Normalization { get; }

    /// <summary>The id of the token that replaces unknown words, or null if there is no such token. It is never generated.</summary>
    public virtual int? UnknownTokenId => null;

    /// <summary>What an unknown word costs, or null if there is no unknown token.</summary>
    public virtual SpellingModel? Spelling => null;

    /// <summary>
    /// What to call the tokens, in the plural: "characters", "tokens" (words and the characters between them) or "bytes".
    /// </summary>
    public abstract string UnitName { get; }

    /// <summary>What a token can be, for messages: "words or single characters between them", for example.</summary>
    internal abstract string TokenDescription { get; }

    /// <summary>Distinguishes the tokens of a text in the cache from those of other tokenizers.</summary>
    internal abstract string CacheKey { get; }

    /// <summary>Creates a tokenizer for a corpus. The same corpus and options always give the same tokenizer.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="options">The kind of tokens and the limits of a vocabulary of words; characters by default.</param>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    /// <exception cref="CorpusException">The cached text of a large corpus is damaged, or the vocabulary cannot be cached.</exception>
    public static Tokenizer Create(Corpus corpus, TokenizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        options ??= new TokenizerOptions();
        options.Validate();
        return options.Kind switch
        {
            TokenizerKind.Words => WordTokenizer.FromChosen(corpus.ChooseWords(options), corpus),
            TokenizerKind.Bytes => ByteTokenizer.Create(corpus),
            _ => CharacterTokenizer.Create(corpus),
        };
    }

    /// <summary>Creates a tokenizer for a corpus that may be large, without blocking. The result is that of <see cref="Create"/>.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="options">The kind of tokens and the limits of a vocabulary of words; characters by default.</param>
    /// <param name="progress">Receives progress while the words of a corpus that is not in memory are counted.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    /// <exception cref="CorpusException">The cached text of a large corpus is damaged, or the vocabulary cannot be cached.</exception>
    public static async Task<Tokenizer> CreateAsync(
        Corpus corpus,
        TokenizerOptions? options = null,
        IProgress<CorpusProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        options ??= new TokenizerOptions();
        options.Validate();
        return options.Kind == TokenizerKind.Words
            ? WordTokenizer.FromChosen(await corpus.ChooseWordsAsync(options, progress, cancellationToken).ConfigureAwait(false), corpus)
            : Create(corpus, options);
    }

    /// <summary>Encodes a text that is already normalized. <see cref="Decode"/> gives the text back, except for unknown words.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="UnknownCharacterException">The text contains a character that is not in the vocabulary, and there is no unknown
    /// token.</exception>
    public abstract int[] Encode(string text);

    /// <summary>Encodes a text that is already normalized.</summary>
    /// <param name="text">The text.</param>
    /// <param name="unknownCharacters">What happens to characters and words that are not in the vocabulary.</param>
    /// <exception cref="UnknownCharacterException">The policy is <see cref="UnknownCharacterPolicy.Error"/>, the text contains a character
    /// that is not in the vocabulary, and there is no unknown token.</exception>
    public int[] Encode(string text, UnknownCharacterPolicy unknownCharacters) =>
        unknownCharacters == UnknownCharacterPolicy.Skip ? EncodeSkippingUnknown(text, out _) : Encode(text);

    /// <summary>Encodes a text that is already normalized, and collects what the unknown tokens among the ids stand for.</summary>
    /// <param name="text">The text.</param>
    /// <param name="unknown">Receives the word or character of each unknown token, in order.</param>
    /// <exception cref="UnknownCharacterException">The text contains a character that is not in the vocabulary, and there is no unknown
    /// token.</exception>
    internal virtual int[] Encode(string text, List<string> unknown) => Encode(text);

    /// <summary>Encodes a text that is already normalized, and leaves out what is not in the vocabulary.</summary>
    /// <param name="text">The text.</param>
    /// <param name="unknown">The characters or words that were left out, each once, in the order of their first occurrence.</param>
    public abstract int[] EncodeSkippingUnknown(string text, out IReadOnlyList<string> unknown);

    /// <summary>The number of tokens in a text that is already normalized.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="UnknownCharacterException">The text contains a character that is not in the vocabulary, and there is no unknown
    /// token.</exception>
    public int CountTokens(string text) => Encode(text).Length;

    /// <summary>Decodes ids to text. The text is well formed, whatever the ids.</summary>
    /// <param name="ids">The ids.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public abstract string Decode(ReadOnlySpan<int> ids);

    /// <summary>Creates a decoder for ids that arrive one at a time.</summary>
    public abstract TokenDecoder CreateDecoder();

    /// <summary>
    /// The number of characters (Unicode scalar values) that ids stand for, which converts a loss to bits per character. An unknown word
    /// counts as one, since ids do not have its length. The ids may be any part of a text: a character of several tokens counts at its
    /// first.
    /// </summary>
    /// <param name="ids">The ids.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public abstract int CountCharacters(ReadOnlySpan<int> ids);

    /// <summary>The text of one token. A byte that is only a part of a character gives U+FFFD.</summary>
    /// <param name="id">The id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public abstract string GetText(int id);

    /// <summary>A token as shown in a list: a space as <c>␣</c>, and characters without a shape as escapes such as <c>\n</c>.</summary>
    /// <param name="id">The id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public abstract string GetDisplayText(int id);

    /// <summary>
    /// Whether a token is only a part of a character, which other tokens must complete: a byte of a character that has several.
    /// </summary>
    /// <param name="id">The id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public virtual bool IsPartialCharacter(int id) => Checked(id) < 0;

    /// <summary>Whether some tokens can decode to a character.</summary>
    internal abstract bool CanDecodeTo(Rune character);

    /// <summary>
    /// The tokens that a user means by a text, such as a word with and without the space before it. None if there is no such token.
    /// </summary>
    internal virtual int[] FindTokens(string text)
    {
        int[] ids = EncodeSkippingUnknown(text, out IReadOnlyList<string> unknown);
        return unknown.Count == 0 && ids.Length == 1 ? ids : [];
    }

    /// <summary>The id of each character if each is one token, with -1 for an unknown one; null if tokens are not characters.</summary>
    internal virtual int[]? MapCharacters(IReadOnlyList<Rune> characters) => null;

    /// <summary>Adds the tokens that a corpus has and this tokenizer lacks.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="newIds">The new id of each token of this tokenizer.</param>
    internal abstract Tokenizer Extend(Corpus corpus, out int[] newIds);

    private protected int Checked(int id) => TokenId.Checked(id, VocabularySize);

    private protected int[] GetIds() => [.. Enumerable.Range(0, VocabularySize)];

    /// <summary>Decodes tokens that are all text by themselves.</summary>
    private protected sealed class PieceDecoder(Tokenizer tokenizer) : TokenDecoder
    {
        public override string Append(int id) => tokenizer.GetText(id);

        public override string Flush() => "";
    }
}

using System.Collections.Immutable;
using System.Text;
using Aphorist.Text;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>
/// Words as tokens, and every character between words. A word is a run of letters, digits and combining marks, with the apostrophes inside it
/// and the one space before it: <c>Don't stop, now</c> is <c>Don't</c>, <c>␣stop</c>, <c>,</c>, <c>␣now</c>. In scripts without spaces between
/// words, such as Chinese, every character is a token. The tokens joined are the text, to the last space, except for unknown words.
/// </summary>
public sealed class WordTokenizer : Tokenizer
{
    /// <summary>The id of the token that stands for every word, and every character, that the vocabulary lacks.</summary>
    public const int UnknownId = 0;

    /// <summary>What the unknown token decodes to: U+FFFD, Unicode's own sign for what cannot be represented, which no ordinary text contains.</summary>
    public const string UnknownToken = "\uFFFD";

    /// <summary>The largest vocabulary that <see cref="Create"/> makes by default.</summary>
    public const int DefaultMaximumSize = 20_000;

    /// <summary>How often a word must occur, by default, for <see cref="Create"/> to keep it.</summary>
    public const int DefaultMinimumCount = 2;

    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly int[] characterCounts;

    private WordTokenizer(ImmutableArray<string> tokens, TextNormalization normalization)
    {
        (Tokens, Normalization) = (tokens, normalization);
        characterCounts = [.. tokens.Select(token => token.EnumerateRunes().Count())];
        // The mark is left out, so that it is as unknown in a text as a word is.
        for (int id = UnknownId + 1; id < tokens.Length; id++)
        {
            if (!ids.TryAdd(tokens[id], id))
                throw new ArgumentException($"The tokens {ids[tokens[id]]} and {id} are both '{VisibleText.Of(tokens[id])}': give each token once.", nameof(tokens));
        }
    }

    /// <summary>All tokens in the order of their ids, the unknown mark first: what a model file holds, and <see cref="FromTokens"/> takes.</summary>
    public ImmutableArray<string> Tokens { get; }

    /// <inheritdoc/>
    public override int VocabularySize => Tokens.Length;

    /// <inheritdoc/>
    public override TextNormalization Normalization { get; }

    /// <summary>The most frequent words of a corpus, and all its single characters, however rare. The same corpus gives the same tokens.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="maximumSize">The most tokens to keep, the unknown one included; at least 2. The rarest fall out, words before single characters.</param>
    /// <param name="minimumCount">How often a word must occur, with or without its space, to be kept; at least 1, with which nothing of the corpus
    /// is unknown as long as there is room.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below its least.</exception>
    public static WordTokenizer Create(Corpus corpus, int maximumSize = DefaultMaximumSize, int minimumCount = DefaultMinimumCount) =>
        MakeFor(corpus, maximumSize, minimumCount, progress: null, CancellationToken.None);

    /// <summary>Does what <see cref="Create"/> does, and tells how far it has come.</summary>
    internal static WordTokenizer MakeFor(
        Corpus corpus, int maximumSize, int minimumCount, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumSize, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCount, 1);
        return new([.. corpus.ChooseWords(maximumSize, minimumCount, progress, cancellationToken)], corpus.Normalization);
    }

    /// <summary>Makes the tokenizer again whose <see cref="Tokens"/> these are.</summary>
    /// <param name="tokens">The tokens in the order of their ids; the first is <see cref="UnknownToken"/>.</param>
    /// <param name="normalization">How a text is normalised before it is encoded.</param>
    /// <exception cref="ArgumentException">The unknown mark is not first, or a token is empty, repeated or not well-formed text.</exception>
    public static WordTokenizer FromTokens(IReadOnlyList<string> tokens, TextNormalization normalization = default)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count == 0 || tokens[UnknownId] != UnknownToken)
            throw new ArgumentException("The first token must be U+FFFD, which stands for unknown words.", nameof(tokens));
        for (int id = UnknownId + 1; id < tokens.Count; id++)
        {
            if (string.IsNullOrEmpty(tokens[id])) throw new ArgumentException($"Token {id} is empty: leave it out.", nameof(tokens));
            // Half a surrogate pair is enumerated as U+FFFD, too.
            if (tokens[id].EnumerateRunes().Contains(Rune.ReplacementChar))
                throw new ArgumentException($"Token {id} holds half a surrogate pair or U+FFFD, which only the first token is: leave it out.", nameof(tokens));
        }
        return new([.. tokens], normalization);
    }

    /// <summary>The ids of a text already normalised. What the vocabulary lacks becomes <see cref="UnknownId"/>.</summary>
    /// <remarks>A word that is known only without its space becomes the space and the word, and one not known at all the space and the unknown token.</remarks>
    public override int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new WordEncoder(ids, unknown: null).Encode(text);
    }

    /// <summary>The ids of those words and characters of a text, already normalised, that the vocabulary has.</summary>
    /// <param name="text">The text.</param>
    /// <param name="unknown">The words, without the space before them, and the characters left out, each once, in the order in which they first occur.</param>
    public override int[] EncodeSkippingUnknown(string text, out IReadOnlyList<string> unknown)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> missing = [];
        int[] known = new WordEncoder(ids, missing).Encode(text);
        unknown = [.. missing.Distinct()];
        return known;
    }

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> ids)
    {
        StringBuilder text = new(ids.Length * 5);
        foreach (int id in ids) text.Append(TokenOf(id));
        return text.ToString();
    }

    /// <inheritdoc/>
    public override TokenDecoder CreateDecoder() => new PieceDecoder(TokenOf);

    /// <inheritdoc/>
    public override int CountCharacters(ReadOnlySpan<int> ids)
    {
        int count = 0;
        foreach (int id in ids) count += characterCounts[TokenId.Checked(id, VocabularySize)];
        return count;
    }

    /// <summary>The share, from 0 to 1, of the ids that are <see cref="UnknownId"/>: of a corpus, how much of it the model cannot learn to write.</summary>
    public static double GetUnknownShare(ReadOnlySpan<int> ids) => ids.IsEmpty ? 0 : (double)ids.Count(UnknownId) / ids.Length;

    /// <inheritdoc/>
    public override string GetDisplayText(int id) => id == UnknownId ? "<unknown>" : VisibleText.Of(TokenOf(id));

    private string TokenOf(int id) => Tokens[TokenId.Checked(id, VocabularySize)];
}

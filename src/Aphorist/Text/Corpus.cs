using System.Collections.Immutable;
using System.Text;
using Aphorist.Text;
using Aphorist.Text.Cache;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>
/// A text to learn from, decoded and normalised. One made of large files is not held in memory but prepared on disk, in the folder that the environment
/// variable <c>APHORIST_PREPARED</c> names, or else in <c>aphorist/prepared</c> in the user's local application data.
/// </summary>
public sealed class Corpus
{
    private readonly string? text;
    private readonly CachedCorpus? prepared;
    private readonly Lazy<string> sha256;
    private (Tokenizer Tokenizer, TokenSequence Tokens)? encoded;

    private Corpus(string name, string text, TextNormalization normalization)
    {
        (Name, this.text, Normalization) = (name, text, normalization);
        CharacterCount = ScalarValues.Count(text, name);
        sha256 = new(() => TextDigest.Sha256(text));
    }

    private Corpus(string name, CachedCorpus prepared)
    {
        (Name, this.prepared, Normalization) = (name, prepared, new TextNormalization(prepared.Description.Lowercase));
        CharacterCount = prepared.Description.Count;
        sha256 = new(prepared.Description.Sha256);
    }

    /// <summary>What the text is called: a catalogue name, or the file's name.</summary>
    public string Name { get; }

    /// <summary>Whether the text is held in memory. If it is not, there is no <see cref="Text"/>, and it is read with <see cref="EnumerateBlocks"/>.</summary>
    public bool IsInMemory => text is not null;

    /// <summary>The whole text, normalised. Well formed: it never holds half a surrogate pair.</summary>
    /// <exception cref="InvalidOperationException">The text is too large to be held in memory.</exception>
    public string Text => text ?? throw new InvalidOperationException($"'{Name}' is too large to be held in memory as one string: read it with {nameof(EnumerateBlocks)}.");

    /// <summary>How the text was normalised.</summary>
    public TextNormalization Normalization { get; }

    /// <summary>The length in characters (Unicode scalar values).</summary>
    public long CharacterCount { get; }

    /// <summary>SHA-256 of the normalised text as UTF-8, in lower-case hexadecimal: what tells whether two runs read the same corpus.</summary>
    public string Sha256 => sha256.Value;

    /// <summary>Makes a corpus of a string.</summary>
    /// <exception cref="CorpusException">The string holds half a surrogate pair.</exception>
    public static Corpus FromText(string text, string name = "text", TextNormalization normalization = default) =>
        new(name, normalization.Apply(text), normalization);

    /// <summary>
    /// Reads files (in the order given), folders (every <c>*.txt</c> below them, sorted by path), globs (<c>*</c>, <c>?</c>, <c>**</c>) and
    /// <c>-</c>, standard input. Where a text does not end with a line feed, one separates it from the next. Files of 64 MiB and more in all are prepared on disk.
    /// </summary>
    /// <param name="sources">Paths, globs or <c>-</c>; catalogue names are <see cref="CorpusSource"/>'s to resolve.</param>
    /// <param name="options">Encoding and lower-casing; UTF-8 as it is by default.</param>
    /// <param name="standardInput">What <c>-</c> reads; the process's standard input by default.</param>
    /// <exception cref="CorpusException">A source is missing, empty, binary, unreadable or in another encoding, or the folder for large texts cannot take it.</exception>
    public static Corpus Read(IEnumerable<string> sources, CorpusOptions? options = null, Stream? standardInput = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        CorpusReader reader = new(options ?? CorpusOptions.Default, standardInput);
        foreach (string source in sources) reader.Add(source);
        return reader.ToCorpus();
    }

    /// <summary>Reads one file, folder or glob, or <c>-</c> for standard input.</summary>
    /// <inheritdoc cref="Read(IEnumerable{string}, CorpusOptions?, Stream?)"/>
    public static Corpus Read(string source, CorpusOptions? options = null, Stream? standardInput = null) =>
        Read([source], options, standardInput);

    /// <summary>The whole text in blocks, in their order: one, where the text is held in memory. No block is empty, or ends within a surrogate pair.</summary>
    /// <exception cref="CorpusException">The prepared text on disk is damaged.</exception>
    public IEnumerable<string> EnumerateBlocks() => prepared?.Blocks() ?? (text!.Length > 0 ? [text] : []);

    internal static Corpus FromNormalizedText(string text, string name, TextNormalization normalization) => new(name, text, normalization);

    internal static Corpus FromPreparedText(string name, CachedCorpus text) => new(name, text);

    /// <summary>The different characters, sorted by code point.</summary>
    internal ImmutableArray<Rune> DistinctCharacters() => prepared?.DistinctCharacters ?? Aphorist.Text.DistinctCharacters.Of(text!);

    /// <summary>The tokens of a vocabulary of words, see <see cref="WordCounts"/>.</summary>
    /// <param name="maximumSize">The most tokens to keep.</param>
    /// <param name="minimumCount">How often a word must occur to be kept.</param>
    /// <param name="progress">Hears of the counting in a text that is not in memory.</param>
    /// <param name="cancellationToken">Stops that.</param>
    internal IEnumerable<string> ChooseWords(int maximumSize, int minimumCount, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken) =>
        prepared?.WordsOf(
            $"{maximumSize} words that occur {minimumCount} times",
            () => new WordCounts(WholeWords(prepared, progress, cancellationToken), minimumCount).Choose(maximumSize),
            cancellationToken)
        ?? new WordCounts([text!], minimumCount).Choose(maximumSize);

    /// <summary>Counts the tokens of the text. The corpus keeps them for the next call with the same tokenizer.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="cancellationToken">Cancels the tokenization.</param>
    /// <exception cref="UnknownCharacterException">The text has a character that the tokenizer does not know.</exception>
    public long CountTokens(Tokenizer tokenizer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return TokensOf(tokenizer, cancellationToken: cancellationToken).Count;
    }

    /// <summary>Reads a part of the text as tokens. The corpus keeps the tokens for the next call with the same tokenizer.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="start">The index of the first token.</param>
    /// <param name="destination">Receives the ids; its length is the number of tokens read.</param>
    /// <exception cref="UnknownCharacterException">The text has a character that the tokenizer does not know.</exception>
    public void ReadTokens(Tokenizer tokenizer, long start, Span<int> destination)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        TokenSequence tokens = TokensOf(tokenizer);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, tokens.Count - destination.Length);
        tokens.Read(start, destination);
    }

    /// <summary>The whole text as tokens, which are kept: whoever asks next with the same tokenizer gets the same.</summary>
    /// <param name="tokenizer">What cuts it.</param>
    /// <param name="progress">Hears of the cutting of a text that is not in memory.</param>
    /// <param name="cancellationToken">Stops that.</param>
    /// <exception cref="UnknownCharacterException">The text has a character that the tokenizer does not know.</exception>
    internal TokenSequence TokensOf(Tokenizer tokenizer, IProgress<PreparationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        lock (sha256)
        {
            if (encoded?.Tokenizer != tokenizer)
                encoded = (tokenizer, prepared?.TokensOf(tokenizer, progress, cancellationToken) ?? TokenSequence.Compact(tokenizer.Encode(Text), tokenizer.VocabularySize));
            return encoded.Value.Tokens;
        }
    }

    private IEnumerable<string> WholeWords(CachedCorpus prepared, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        long done = 0;
        foreach (string block in TokenBoundaryChunker.Of(prepared.Blocks()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return block;
            done += block.Length;
            progress?.Report(new(Name, Math.Min(done, CharacterCount), CharacterCount));
        }
    }
}

using System.Collections.Immutable;
using System.Text;
using Aphorist.Text;
using Aphorist.Text.Cache;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>
/// A text to train on, decoded and normalized. A text larger than <see cref="CorpusOptions.MaxInMemoryBytes"/> is not held in memory: it is
/// decoded once, kept in <see cref="CorpusOptions.CacheFolder"/>, and read from there in blocks.
/// </summary>
public sealed class Corpus
{
    private readonly string? text;
    private readonly CachedCorpus? cached;
    private readonly Lazy<string> sha256;
    private volatile EncodedText? encoded;

    private Corpus(string name, string text, TextNormalization normalization)
    {
        (Name, this.text, Normalization) = (name, text, normalization);
        CharacterCount = ScalarValues.Count(text, name);
        sha256 = new(() => TextDigest.Sha256(text));
    }

    private Corpus(string name, CachedCorpus cached)
    {
        (Name, this.cached, Normalization) = (name, cached, new TextNormalization(cached.Description.Lowercase));
        CharacterCount = cached.Description.Count;
        sha256 = new(cached.Description.Sha256);
    }

    /// <summary>The name of the text: a catalog name or a file name.</summary>
    public string Name { get; }

    /// <summary>
    /// Whether the text is held in memory. If it is not, read it with <see cref="EnumerateBlocks"/> instead of <see cref="Text"/>.
    /// </summary>
    public bool IsInMemory => text is not null;

    /// <summary>The whole text, normalized. It is well formed: it never contains half a surrogate pair.</summary>
    /// <exception cref="InvalidOperationException">The text is too large to be held in memory.</exception>
    public string Text =>
        text ?? throw new InvalidOperationException($"'{Name}' is too large to be held in memory: read it with {nameof(EnumerateBlocks)}.");

    /// <summary>How the text was normalized.</summary>
    public TextNormalization Normalization { get; }

    /// <summary>The length in characters (Unicode scalar values).</summary>
    public long CharacterCount { get; }

    /// <summary>
    /// SHA-256 of the normalized text as UTF-8, in lower-case hexadecimal. Equal texts have equal hashes, however they were stored.
    /// </summary>
    public string Sha256 => sha256.Value;

    /// <summary>What a user may want to know about how the text was opened, one sentence each. Usually empty.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>The texts that it consists of, in order. There is at least one.</summary>
    internal IReadOnlyList<CorpusPart> Parts { get => field ?? [new(Name, 0)]; private init; }

    /// <summary>Creates a corpus from a string.</summary>
    /// <param name="text">The text, which is normalized.</param>
    /// <param name="name">Its name.</param>
    /// <param name="normalization">How it is normalized; only line endings by default.</param>
    /// <exception cref="CorpusException">The string contains half a surrogate pair.</exception>
    public static Corpus FromText(string text, string name = "text", TextNormalization normalization = default) =>
        new(name, normalization.Apply(text), normalization);

    /// <summary>Creates a corpus from the bytes of a file, decoded as when it is opened.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="name">Its name.</param>
    /// <param name="options">Encoding and normalization; UTF-8 by default.</param>
    /// <exception cref="CorpusException">The bytes are not text, or not in the encoding.</exception>
    /// <exception cref="InvalidOptionsException">There is no such encoding.</exception>
    public static Corpus FromBytes(byte[] bytes, string name = "text", CorpusOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        options ??= CorpusOptions.Default;
        TextDecoder decoder = new(options.Encoding);
        string text = options.Normalization.Apply(decoder.Decode(bytes, name));
        return new(name, text, options.Normalization) { Notes = decoder.Notes };
    }

    /// <summary>
    /// Decodes the bytes of a file as strictly as <see cref="FromBytes"/>, without normalizing them: line endings and a byte order mark
    /// stay as they are. For files whose characters matter one by one, such as a vocabulary.
    /// </summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="name">The name of the file, for errors.</param>
    /// <param name="encoding">As <see cref="CorpusOptions.Encoding"/>.</param>
    /// <exception cref="CorpusException">The bytes are not text, or not in the encoding.</exception>
    /// <exception cref="InvalidOptionsException">There is no such encoding.</exception>
    public static string DecodeExactly(byte[] bytes, string name = "text", string? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new TextDecoder(encoding).DecodeExactly(bytes, name);
    }

    /// <summary>
    /// Opens a corpus: a file, a folder (every <c>*.txt</c> in and below it, sorted by path), a glob (<c>*</c>, <c>?</c>, <c>**</c>), a
    /// name of <see cref="CorpusCatalog"/>, which may be downloaded, or <c>-</c> for standard input. A path that exists takes precedence
    /// over a catalog name; <see cref="Notes"/> then says so. <c>catalog:NAME</c> is always the catalog's corpus.
    /// </summary>
    /// <param name="source">A path, a glob, a catalog name or <c>-</c>.</param>
    /// <param name="options">Encoding, normalization, memory limit and folders; UTF-8 by default.</param>
    /// <param name="progress">Receives the progress of a download and of the caching of a large text.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="CorpusException">The source is missing, empty, binary, unreadable or in another encoding, cannot be downloaded, or
    /// cannot be cached.</exception>
    /// <exception cref="InvalidOptionsException">An option is out of range, or there is no such encoding.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public static Task<Corpus> OpenAsync(
        string source,
        CorpusOptions? options = null,
        IProgress<CorpusProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return OpenAsync([source], options, progress, cancellationToken);
    }

    /// <summary>
    /// Opens several sources as one corpus, in the order given. Where a text does not end with a line feed, one separates it from the next.
    /// </summary>
    /// <param name="sources">Paths, globs, catalog names or <c>-</c>.</param>
    /// <param name="options">Encoding, normalization, memory limit and folders; UTF-8 by default.</param>
    /// <param name="progress">Receives the progress of downloads and of the caching of a large text.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <inheritdoc cref="OpenAsync(string, CorpusOptions?, IProgress{CorpusProgress}?, CancellationToken)"/>
    public static Task<Corpus> OpenAsync(
        IEnumerable<string> sources,
        CorpusOptions? options = null,
        IProgress<CorpusProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        return OpenAsync(options, progress, async reader =>
        {
            foreach (string source in sources) await reader.AddAsync(source, progress, cancellationToken).ConfigureAwait(false);
        }, cancellationToken);
    }

    /// <summary>Opens a corpus of the catalog, even if there is a file of the same name.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="options">Encoding, normalization, memory limit and folders; UTF-8 by default.</param>
    /// <param name="progress">Receives the progress of the download.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <inheritdoc cref="OpenAsync(string, CorpusOptions?, IProgress{CorpusProgress}?, CancellationToken)"/>
    public static Task<Corpus> OpenAsync(
        CorpusEntry entry,
        CorpusOptions? options = null,
        IProgress<CorpusProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return OpenAsync(options, progress, reader => reader.AddAsync(entry, progress, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// The whole text in blocks, in order: one block if the text is in memory. No block is empty or ends within a surrogate pair.
    /// </summary>
    /// <exception cref="CorpusException">The cached text on disk is damaged.</exception>
    public IEnumerable<string> EnumerateBlocks() => cached?.EnumerateBlocks() ?? (text!.Length > 0 ? [text] : []);

    /// <summary>
    /// Tokenizes the whole text. The corpus keeps the tokens, so that training or evaluating with the same tokenizer starts at once. This
    /// is needed only to show progress or to keep a program responsive: training and evaluation tokenize a corpus themselves.
    /// </summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="progress">Receives progress if the text is not in memory.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The number of tokens.</returns>
    /// <exception cref="UnknownCharacterException">The text contains a character that is not in the vocabulary.</exception>
    /// <exception cref="CorpusException">The cached text is damaged, or the tokens cannot be cached.</exception>
    public async Task<long> TokenizeAsync(
        Tokenizer tokenizer, IProgress<CorpusProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (encoded is { } known && known.Tokenizer == tokenizer) return known.Tokens.Count;
        TokenSequence tokens = cached is not null
            ? await cached.GetTokensAsync(tokenizer, progress, cancellationToken).ConfigureAwait(false)
            : await Task.Run(() => EncodeText(tokenizer), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        encoded = new(tokenizer, tokens);
        return tokens.Count;
    }

    /// <summary>Counts the tokens of the text. The corpus keeps them for the next call with the same tokenizer.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="cancellationToken">Cancels the tokenization.</param>
    /// <exception cref="UnknownCharacterException">The text has a character that the tokenizer does not know.</exception>
    public long CountTokens(Tokenizer tokenizer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return TokensOf(tokenizer, cancellationToken).Count;
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

    /// <summary>
    /// Counts the characters that are not in the vocabulary of a tokenizer. Only for a <see cref="CharacterTokenizer"/> can there be any.
    /// </summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="cancellationToken">Cancels the count.</param>
    /// <returns>The unknown characters, the most frequent ones first.</returns>
    /// <exception cref="CorpusException">The cached text on disk is damaged.</exception>
    /// <exception cref="OperationCanceledException">The count was cancelled.</exception>
    public IReadOnlyList<CharacterFrequency> CountUnknownCharacters(Tokenizer tokenizer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokenizer is not CharacterTokenizer known || DistinctCharacters().All(one => known.GetId(one) >= 0)) return [];
        Dictionary<Rune, long> counts = [];
        foreach (string block in EnumerateBlocks())
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (Rune character in block.EnumerateRunes())
                if (known.GetId(character) < 0) counts[character] = counts.GetValueOrDefault(character) + 1;
        }

        return CharacterFrequency.Sort(counts);
    }

    internal static Corpus FromParts(
        string text, IReadOnlyList<CorpusPart> parts, string name, TextNormalization normalization, IReadOnlyList<string> notes) =>
        new(name, text, normalization) { Parts = parts, Notes = notes };

    internal static Corpus FromCache(
        string name, CachedCorpus text, IReadOnlyList<CorpusPart> parts, IReadOnlyList<string> notes) =>
        new(name, text) { Parts = parts, Notes = notes };

    /// <summary>The part that contains a character.</summary>
    /// <param name="position">The number of characters before it.</param>
    internal CorpusPart GetPart(long position)
    {
        int low = 0;
        for (int high = Parts.Count; high - low > 1;)
        {
            int middle = (low + high) / 2;
            if (Parts[middle].Start <= position) low = middle;
            else high = middle;
        }

        return Parts[low];
    }

    /// <summary>The distinct characters, sorted by code point.</summary>
    internal ImmutableArray<Rune> DistinctCharacters() => cached?.DistinctCharacters ?? ScalarValues.Distinct(text!);

    /// <summary>Chooses the tokens of a word vocabulary, see <see cref="WordCounts"/>.</summary>
    internal WordVocabulary ChooseWords(TokenizerOptions options) =>
        cached?.ChooseWords(options, CancellationToken.None)
        ?? new WordCounts([text!], options.MinimumCount).Choose(options.VocabularySize);

    /// <inheritdoc cref="ChooseWords"/>
    internal async Task<WordVocabulary> ChooseWordsAsync(
        TokenizerOptions options, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken) =>
        cached is not null
            ? await cached.ChooseWordsAsync(options, progress, cancellationToken).ConfigureAwait(false)
            : await Task.Run(() => ChooseWords(options), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Tokenizes the whole text. The corpus keeps the tokens: the next call with the same tokenizer returns them.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="cancellationToken">Cancels the tokenization of a text that is not in memory.</param>
    /// <exception cref="UnknownCharacterException">The text contains a character that is not in the vocabulary.</exception>
    internal TokenSequence TokensOf(Tokenizer tokenizer, CancellationToken cancellationToken = default)
    {
        if (encoded is { } known && known.Tokenizer == tokenizer) return known.Tokens;
        TokenSequence tokens = cached?.GetTokens(tokenizer, cancellationToken) ?? EncodeText(tokenizer);
        encoded = new(tokenizer, tokens);
        return tokens;
    }

    /// <summary>Tokenizes the text without the characters that are not in the vocabulary of a character tokenizer.</summary>
    /// <inheritdoc cref="TokensOf"/>
    internal TokenSequence KnownTokensOf(Tokenizer tokenizer, CancellationToken cancellationToken = default)
    {
        try
        {
            return TokensOf(tokenizer, cancellationToken);
        }
        catch (UnknownCharacterException)
        {
            return cached?.GetKnownTokens(tokenizer, cancellationToken)
                ?? TokenSequence.Compact(tokenizer.EncodeSkippingUnknown(Text, out _), tokenizer.VocabularySize);
        }
    }

    /// <summary>The text in blocks that end where a token of every tokenizer ends: one block if the text is in memory.</summary>
    internal IEnumerable<string> EnumerateWholeTokens() => cached is null ? EnumerateBlocks() : TokenBoundaryChunker.Of(EnumerateBlocks());

    private static async Task<Corpus> OpenAsync(
        CorpusOptions? options, IProgress<CorpusProgress>? progress, Func<CorpusReader, Task> add, CancellationToken cancellationToken)
    {
        CorpusReader reader = new(options ?? CorpusOptions.Default);
        await add(reader).ConfigureAwait(false);
        return await reader.ReadAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    private TokenSequence EncodeText(Tokenizer tokenizer) => TokenSequence.Compact(tokenizer.Encode(Text), tokenizer.VocabularySize);

    private sealed record EncodedText(Tokenizer Tokenizer, TokenSequence Tokens);
}

/// <summary>How often a character occurs.</summary>
/// <param name="Character">The character.</param>
/// <param name="Count">The number of times.</param>
public readonly record struct CharacterFrequency(Rune Character, long Count)
{
    /// <summary>The frequencies of some characters, the most frequent ones first.</summary>
    internal static IReadOnlyList<CharacterFrequency> Sort(Dictionary<Rune, long> counts) =>
    [
        .. counts.Select(pair => new CharacterFrequency(pair.Key, pair.Value))
            .OrderByDescending(one => one.Count).ThenBy(one => one.Character),
    ];
}

/// <summary>One of the texts that a corpus consists of.</summary>
/// <param name="Name">The path of a file, or another name of the text.</param>
/// <param name="Start">The number of characters of the corpus before it.</param>
internal readonly record struct CorpusPart(string Name, long Start);

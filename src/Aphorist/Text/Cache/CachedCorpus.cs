using System.Collections.Immutable;
using System.Text;
using Aphorist.Text.Tokenizers;

namespace Aphorist.Text.Cache;

/// <summary>
/// A text that is too large for memory: its characters are in a file of the cache, and what is derived from it in others.
/// </summary>
/// <param name="cache">The cache.</param>
/// <param name="file">The file with the characters.</param>
internal sealed class CachedCorpus(CorpusCache cache, CacheFile file)
{
    // Short enough that a block of text is not a large object for the garbage collector.
    private const int BlockLength = 1 << 14;

    private readonly Rune[] characters = [.. file.Description.Characters.EnumerateRunes()];

    public CacheFileDescription Description => file.Description;

    /// <summary>The distinct characters, sorted by code point.</summary>
    public ImmutableArray<Rune> DistinctCharacters => [.. characters.Order()];

    /// <summary>The text from its beginning, in blocks that do not end within a surrogate pair.</summary>
    public IEnumerable<string> EnumerateBlocks()
    {
        int[] codes = new int[BlockLength];
        char[] units = new char[2 * BlockLength];
        for (long start = 0; start < Description.Count; start += BlockLength)
        {
            int count = (int)Math.Min(BlockLength, Description.Count - start);
            file.Read(start, codes.AsSpan(0, count));
            yield return new string(units, 0, Decode(codes.AsSpan(0, count), units));
        }
    }

    /// <summary>Tokenizes the text. Tokens that are not its characters are written to the cache.</summary>
    public TokenSequence GetTokens(Tokenizer tokenizer, CancellationToken cancellationToken) =>
        (TokenSequence?)Remap(tokenizer) ?? new CachedTokenSequence(
            cache.OpenOrCreate(
                RequestTokens(tokenizer.CacheKey),
                writer => WriteTokens(writer, tokenizer, progress: null, cancellationToken),
                cancellationToken),
            tokenizer.VocabularySize);

    /// <inheritdoc cref="GetTokens"/>
    public async Task<TokenSequence> GetTokensAsync(
        Tokenizer tokenizer, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken) =>
        (TokenSequence?)Remap(tokenizer) ?? new CachedTokenSequence(
            await cache.OpenOrCreateAsync(
                RequestTokens(tokenizer.CacheKey),
                writer => Task.Run(() => WriteTokens(writer, tokenizer, progress, cancellationToken), cancellationToken),
                cancellationToken).ConfigureAwait(false),
            tokenizer.VocabularySize);

    /// <summary>Tokenizes the text without the characters that the tokenizer does not know, and writes the tokens to the cache.</summary>
    public TokenSequence GetKnownTokens(Tokenizer tokenizer, CancellationToken cancellationToken)
    {
        string key = $"known {tokenizer.CacheKey}";
        return new CachedTokenSequence(
            cache.OpenOrCreate(
                RequestTokens(key), writer => WriteKnownTokens(writer, tokenizer, key, cancellationToken), cancellationToken),
            tokenizer.VocabularySize);
    }

    /// <summary>Chooses a word vocabulary, see <see cref="WordCounts"/>, and keeps it in the cache.</summary>
    public WordVocabulary ChooseWords(TokenizerOptions options, CancellationToken cancellationToken) => Vocabulary(cache.OpenOrCreate(
        RequestWords(options),
        writer => CountWords(writer, options, progress: null, cancellationToken),
        cancellationToken));

    /// <inheritdoc cref="ChooseWords"/>
    public async Task<WordVocabulary> ChooseWordsAsync(
        TokenizerOptions options, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken) =>
        Vocabulary(await cache.OpenOrCreateAsync(
            RequestWords(options),
            writer => Task.Run(() => CountWords(writer, options, progress, cancellationToken), cancellationToken),
            cancellationToken).ConfigureAwait(false));

    private static WordVocabulary Vocabulary(CacheFile words) => new(
        words.Description.Words,
        (words.Description.Spelling is { } counts ? SpellingModel.TryCreate(counts) : null) ?? throw words.Damaged());

    private static string Describe(TokenizerOptions options) => $"{options.VocabularySize} words that occur {options.MinimumCount} times";

    private RemappedTokenSequence? Remap(Tokenizer tokenizer)
    {
        if (tokenizer.MapCharacters(characters) is not { } ids) return null;
        // Codes are numbered in the order in which their characters occur, so the first one without an id is the first in the text.
        int unknown = Array.IndexOf(ids, -1);
        return unknown < 0 ? new(file, ids) : throw new UnknownCharacterException(characters[unknown], file.IndexOf(unknown));
    }

    private CacheRequest RequestTokens(string key) => new(
        Description.Name,
        $"{Description.Sha256}\n{key}",
        Description.Count * sizeof(ushort),
        found => found.Tokenizer == key && found.Sha256 == Description.Sha256);

    private CacheRequest RequestWords(TokenizerOptions options) => new(
        Description.Name,
        $"{Description.Sha256}\n{Describe(options)}",
        ByteCount: 1 << 20,
        found => found.Tokenizer == Describe(options) && found.Sha256 == Description.Sha256);

    private CacheFileDescription WriteTokens(
        CacheFileWriter writer, Tokenizer tokenizer, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        foreach (string block in EnumerateWholeTokens(CorpusStage.Tokenize, progress, cancellationToken))
            writer.Write(tokenizer.Encode(block), tokenizer.VocabularySize);
        return DescribeTokens(writer, tokenizer.CacheKey);
    }

    private CacheFileDescription WriteKnownTokens(
        CacheFileWriter writer, Tokenizer tokenizer, string key, CancellationToken cancellationToken)
    {
        foreach (string block in EnumerateBlocks())
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.Write(tokenizer.EncodeSkippingUnknown(block, out _), tokenizer.VocabularySize);
        }

        return DescribeTokens(writer, key);
    }

    private CacheFileDescription DescribeTokens(CacheFileWriter writer, string key) =>
        Description with { Tokenizer = key, Characters = "", Starts = [], Count = writer.Count, Width = writer.Width };

    private CacheFileDescription CountWords(
        CacheFileWriter writer, TokenizerOptions options, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        WordCounts counts = new(EnumerateWholeTokens(CorpusStage.CountWords, progress, cancellationToken), options.MinimumCount);
        WordVocabulary chosen = counts.Choose(options.VocabularySize);
        return Description with
        {
            Tokenizer = Describe(options),
            Characters = "",
            Starts = [],
            Words = chosen.Tokens,
            Spelling = chosen.Spelling.Counts,
            Count = writer.Count,
            Width = writer.Width,
        };
    }

    /// <summary>The text in blocks that end where a token ends.</summary>
    private IEnumerable<string> EnumerateWholeTokens(
        CorpusStage stage, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        long done = 0;
        foreach (string block in TokenBoundaryChunker.Of(EnumerateBlocks()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return block;
            done += block.Length;
            progress?.Report(new(stage, Description.Name, Math.Min(done, Description.Count), Description.Count));
        }
    }

    private int Decode(ReadOnlySpan<int> codes, Span<char> units)
    {
        int length = 0;
        foreach (int code in codes)
        {
            if ((uint)code >= (uint)characters.Length) throw file.Damaged();
            length += characters[code].EncodeToUtf16(units[length..]);
        }

        return length;
    }
}

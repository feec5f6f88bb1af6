using System.Collections.Immutable;
using System.Text;
using Aphorist.Text.Tokenizers;

namespace Aphorist.Text.Cache;

/// <summary>The characters of a prepared text.</summary>
/// <param name="texts">Where its file lies.</param>
/// <param name="file">The file.</param>
internal sealed class CachedCorpus(CorpusCacheStore texts, CacheFile file)
{
    // So short that a block of text is no large object for the garbage collector.
    private const int BlockLength = 1 << 14;

    private readonly Rune[] characters = [.. file.Description.Characters.EnumerateRunes()];

    public CacheFileDescription Description => file.Description;

    /// <summary>The different characters, sorted by code point.</summary>
    public ImmutableArray<Rune> DistinctCharacters => [.. characters.Order()];

    /// <summary>The text from its beginning, in blocks that do not end within a surrogate pair.</summary>
    public IEnumerable<string> Blocks()
    {
        int[] codes = new int[BlockLength];
        char[] units = new char[2 * BlockLength];
        for (long start = 0; start < Description.Count; start += BlockLength)
        {
            int count = (int)Math.Min(BlockLength, Description.Count - start);
            file.Read(start, codes.AsSpan(0, count));
            yield return new string(units, 0, Spell(codes.AsSpan(0, count), units));
        }
    }

    /// <summary>The text as tokens.</summary>
    public TokenSequence TokensOf(Tokenizer tokenizer, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken) => tokenizer switch
    {
        CharacterTokenizer vocabulary => RemappedTokenSequence.Of(file, vocabulary),
        // Of ASCII characters alone, each is a byte.
        ByteTokenizer when Array.TrueForAll(characters, character => character.IsAscii) => new RemappedTokenSequence(file, [.. characters.Select(character => character.Value)]),
        _ => CachedTokenSequence.Of(texts, Description, TokenBoundaryChunker.Of(Blocks()), tokenizer, progress, cancellationToken),
    };

    /// <summary>A vocabulary of words, from the file in which it was kept when they were counted.</summary>
    /// <param name="choice">How the words are chosen.</param>
    /// <param name="choose">Counts and chooses them.</param>
    /// <param name="cancellationToken">Stops the wait for another process that counts them.</param>
    public IReadOnlyList<string> WordsOf(string choice, Func<IEnumerable<string>> choose, CancellationToken cancellationToken) => texts.OpenOrMake(
        Description.Name,
        texts.PathOf(Description.Name, $"{Description.Sha256}\n{choice}"),
        length: 1 << 20,
        found => found.Tokenizer == choice && found.Sha256 == Description.Sha256,
        writer => Description with { Tokenizer = choice, Characters = "", Words = [.. choose()], Count = writer.Count, Width = writer.Width },
        cancellationToken).Description.Words;

    private int Spell(ReadOnlySpan<int> codes, Span<char> units)
    {
        int length = 0;
        foreach (int code in codes) length += (uint)code < (uint)characters.Length ? characters[code].EncodeToUtf16(units[length..]) : throw file.Damaged();
        return length;
    }
}

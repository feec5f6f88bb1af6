using System.Security.Cryptography;
using System.Text;

namespace Aphorist.Text.Cache;

/// <summary>The tokens of a prepared text whose tokens are not its characters: they are cut once, and their ids are kept in a file beside the text's.</summary>
/// <param name="file">That file.</param>
/// <param name="vocabularySize">How many different ids there are.</param>
internal sealed class CachedTokenSequence(CacheFile file, int vocabularySize) : TokenSequence
{
    public override long Count => file.Description.Count;

    /// <summary>The tokens of a prepared text, from the file if there is one.</summary>
    /// <param name="texts">Where the file lies.</param>
    /// <param name="text">The text.</param>
    /// <param name="blocks">The text in blocks that end where a token ends.</param>
    /// <param name="tokenizer">Words or bytes.</param>
    /// <param name="progress">Hears of the cutting, in characters.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static CachedTokenSequence Of(
        CorpusCacheStore texts, CacheFileDescription text, IEnumerable<string> blocks, Tokenizer tokenizer, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        string identity = IdentityOf(tokenizer);
        CacheFile file = texts.OpenOrMake(
            text.Name,
            texts.PathOf(text.Name, $"{text.Sha256}\n{identity}"),
            text.Count * sizeof(ushort),
            found => found.Tokenizer == identity && found.Sha256 == text.Sha256,
            writer =>
            {
                long done = 0;
                foreach (string block in blocks)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    writer.Write(tokenizer.Encode(block), tokenizer.VocabularySize);
                    done += block.Length;
                    progress?.Report(new(text.Name, Math.Min(done, text.Count), text.Count));
                }

                return text with { Tokenizer = identity, Characters = "", Count = writer.Count, Width = writer.Width };
            },
            cancellationToken);
        return new(file, tokenizer.VocabularySize);
    }

    public override void Read(long start, Span<int> destination)
    {
        file.Read(start, destination);
        foreach (int token in destination)
        {
            if ((uint)token >= (uint)vocabularySize) throw file.Damaged();
        }
    }

    /// <summary>The kind of tokens and, of words, which there are.</summary>
    private static string IdentityOf(Tokenizer tokenizer) => tokenizer switch
    {
        ByteTokenizer => "bytes",
        WordTokenizer words => $"words {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', words.Tokens))))}",
        _ => throw new NotSupportedException($"A text too large for memory can be cut into characters, words or bytes, not by a {tokenizer.GetType().Name}: use a shorter text."),
    };
}

namespace Aphorist.Text;

/// <summary>The ids of a text's tokens, wherever they lie: what training and evaluation read. Safe to use from several threads at once.</summary>
internal abstract class TokenSequence
{
    private const int BlockLength = 4096;

    /// <summary>How many tokens there are.</summary>
    public abstract long Count { get; }

    /// <summary>Copies the ids from a place on, and allocates nothing.</summary>
    /// <param name="start">The place of the first, from 0.</param>
    /// <param name="destination">Takes as many as it is long.</param>
    /// <exception cref="CorpusException">The tokens lie in a file, which cannot be read any more.</exception>
    public abstract void Read(long start, Span<int> destination);

    /// <summary>These ids as they are, not copied.</summary>
    public static implicit operator TokenSequence(int[] ids) => new MemoryTokenSequence<int>(ids);

    /// <summary>Keeps ids in as few bytes each as the vocabulary allows.</summary>
    public static TokenSequence Compact(int[] ids, int vocabularySize) => vocabularySize switch
    {
        <= byte.MaxValue + 1 => MemoryTokenSequence<byte>.Of(ids),
        <= ushort.MaxValue + 1 => MemoryTokenSequence<ushort>.Of(ids),
        _ => ids,
    };

    /// <summary>The ids of a few tokens from a place on.</summary>
    public int[] Slice(long start, int length)
    {
        int[] ids = new int[length];
        Read(start, ids);
        return ids;
    }

    /// <summary>How often an id occurs.</summary>
    public long CountOf(int id)
    {
        Span<int> block = stackalloc int[BlockLength];
        long count = 0;
        for (long place = 0; place < Count; place += BlockLength)
        {
            Span<int> ids = block[..(int)Math.Min(BlockLength, Count - place)];
            Read(place, ids);
            count += ids.Count(id);
        }

        return count;
    }

    /// <summary>Characters that a token stands for on average, from a place to the end.</summary>
    public double CharactersPerToken(long first, Tokenizer tokenizer)
    {
        if (tokenizer is CharacterTokenizer) return 1;
        Span<int> block = stackalloc int[BlockLength];
        long characters = 0;
        for (long place = first; place < Count; place += BlockLength)
        {
            Span<int> ids = block[..(int)Math.Min(BlockLength, Count - place)];
            Read(place, ids);
            characters += tokenizer.CountCharacters(ids);
        }

        return (double)characters / (Count - first);
    }
}

using System.Numerics;
using System.Numerics.Tensors;

namespace Aphorist.Text;

/// <summary>
/// The token ids of a text, in memory or on disk: the input of training and evaluation. Safe to use from several threads at once.
/// </summary>
internal abstract class TokenSequence
{
    private const int BlockLength = 4096;

    /// <summary>The number of tokens.</summary>
    public abstract long Count { get; }

    /// <summary>Copies ids. Allocates nothing.</summary>
    /// <param name="start">The position of the first, from 0.</param>
    /// <param name="destination">Receives the ids; its length is how many are copied.</param>
    /// <exception cref="CorpusException">The tokens are in a file that cannot be read any more.</exception>
    public abstract void Read(long start, Span<int> destination);

    /// <summary>Wraps an array of ids, without a copy.</summary>
    public static implicit operator TokenSequence(int[] ids) => new MemoryTokenSequence<int>(ids);

    /// <summary>Keeps ids in memory with as few bytes each as the vocabulary allows.</summary>
    public static TokenSequence Compact(int[] ids, int vocabularySize) => vocabularySize switch
    {
        <= byte.MaxValue + 1 => MemoryTokenSequence<byte>.Of(ids),
        <= ushort.MaxValue + 1 => MemoryTokenSequence<ushort>.Of(ids),
        _ => ids,
    };

    /// <summary>Copies a range of ids to a new array.</summary>
    public int[] Slice(long start, int length)
    {
        int[] ids = new int[length];
        Read(start, ids);
        return ids;
    }

    /// <summary>The number of times an id occurs.</summary>
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
}

/// <summary>Tokens in memory.</summary>
/// <typeparam name="T">The type in which an id is kept.</typeparam>
internal sealed class MemoryTokenSequence<T>(T[] ids) : TokenSequence
    where T : unmanaged, INumber<T>
{
    public override long Count => ids.Length;

    public static MemoryTokenSequence<T> Of(int[] ids)
    {
        T[] kept = new T[ids.Length];
        TensorPrimitives.ConvertTruncating<int, T>(ids, kept);
        return new(kept);
    }

    public override void Read(long start, Span<int> destination) =>
        TensorPrimitives.ConvertTruncating<T, int>(ids.AsSpan(checked((int)start), destination.Length), destination);
}

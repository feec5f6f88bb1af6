using System.Numerics;
using System.Numerics.Tensors;

namespace Aphorist.Text;

/// <summary>Tokens in memory.</summary>
/// <typeparam name="T">The type that an id is kept in.</typeparam>
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

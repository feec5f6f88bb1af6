namespace Aphorist.Interop.Hdf5;

/// <summary>Puts an array together from its chunks.</summary>
internal sealed class Hdf5Chunks
{
    // Only at its ends does an array fill less than a chunk. A chunk far larger than the array is no array's.
    private const long MostOfArray = 4;

    private readonly Hdf5Space space;
    private readonly long[] chunk;
    private readonly int valueSize;
    private readonly byte[] values;

    private Hdf5Chunks(Hdf5Space space, long[] chunk, int valueSize, byte[] values) => (this.space, this.chunk, this.valueSize, this.values) = (space, chunk, valueSize, values);

    /// <summary>The values' bytes, row by row; null where the chunks are larger than they can be.</summary>
    public static byte[]? Unpack(Hdf5Context context, Hdf5ChunkIndex index, Hdf5Filters filters, Hdf5Space space, int valueSize)
    {
        long[] sizes = index.Sizes;
        if (sizes.Length != space.Sizes.Length || sizes.Any(size => size < 1)) throw context.File.Damaged();
        double length = sizes.Aggregate((double)valueSize, (product, size) => product * size);
        if (length > (double)MostOfArray * Math.Max(space.Count, 1) * valueSize) return null;
        Hdf5Chunks chunks = new(space, sizes, valueSize, context.File.Allocate<byte>(space.Count * valueSize));
        foreach ((int number, Hdf5Chunk found) in index.Chunks.Index())
        {
            // What was never written holds zeros.
            if (found.Address == Hdf5Fields.Undefined) continue;
            byte[] bytes = filters.Unpack(context, found, (int)length, valueSize);
            long[] start = found.Start ?? chunks.StartOf(number);
            if (start.Where((place, dimension) => place < 0 || place >= space.Sizes[dimension]).Any()) throw context.File.Damaged();
            chunks.Copy(bytes, start);
        }

        return chunks.values;
    }

    /// <summary>The place of a chunk that is counted, the last dimension first.</summary>
    private long[] StartOf(long number)
    {
        long[] start = new long[chunk.Length];
        for (int dimension = chunk.Length - 1; dimension >= 0; dimension--)
        {
            long count = (space.Sizes[dimension] + chunk[dimension] - 1) / chunk[dimension];
            (number, long place) = count == 0 ? (number, 0) : Math.DivRem(number, count);
            start[dimension] = place * chunk[dimension];
        }

        // A number beyond the array leaves a rest, and its place is nowhere.
        if (number > 0) start[0] = space.Sizes[0];
        return start;
    }

    /// <summary>Copies rows of the last dimension, those parts of them that are within the array.</summary>
    private void Copy(ReadOnlySpan<byte> bytes, long[] start)
    {
        int last = chunk.Length - 1, rowLength = (int)chunk[last] * valueSize;
        int used = (int)Math.Min(chunk[last], space.Sizes[last] - start[last]) * valueSize;
        for (int row = 0; row < bytes.Length / rowLength; row++)
        {
            (long rest, long place, long stride, bool isInside) = (row, start[last], space.Sizes[last], true);
            for (int dimension = last - 1; dimension >= 0; dimension--)
            {
                (rest, long within) = Math.DivRem(rest, chunk[dimension]);
                isInside &= start[dimension] + within < space.Sizes[dimension];
                place += (start[dimension] + within) * stride;
                stride *= space.Sizes[dimension];
            }

            if (isInside) bytes.Slice(row * rowLength, used).CopyTo(values.AsSpan((int)place * valueSize));
        }
    }
}

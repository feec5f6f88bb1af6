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

/// <summary>A part of an array that lies in the file in one piece.</summary>
/// <param name="Address">Where.</param>
/// <param name="Length">Bytes there.</param>
/// <param name="SkippedFilters">A bit for each filter that was not applied.</param>
/// <param name="Start">The place of its first value in the array; null where that follows from the chunk's number.</param>
internal readonly record struct Hdf5Chunk(long Address, long Length, uint SkippedFilters, long[]? Start);

/// <summary>Where the chunks of an array are.</summary>
/// <param name="Sizes">The size of each chunk in every dimension of the array.</param>
/// <param name="Chunks">The chunks; one that is nowhere holds zeros. Lengths of chunks without filters are not told.</param>
internal sealed record Hdf5ChunkIndex(long[] Sizes, IEnumerable<Hdf5Chunk> Chunks)
{
    private const int SingleChunk = 1, FixedArray = 3;

    /// <summary>As h5py writes it by default: a tree.</summary>
    public static Hdf5ChunkIndex ReadTree(Hdf5Context context, Hdf5Fields fields)
    {
        int rank = fields.Byte() - 1;
        if (rank < 1) throw context.File.Damaged();
        long root = fields.Address();
        long[] sizes = new long[rank];
        for (int index = 0; index < rank; index++) sizes[index] = fields.UInt32();
        // Before a chunk stand its length, its filters, and its place, with one number more for the bytes of a value.
        return new(sizes, Hdf5Tree.Leaves(context, root, Hdf5Tree.OfChunks, 16 + 8 * rank).Select(leaf => ChunkOf(context, leaf.Key.Span, leaf.Child, rank)));
    }

    /// <summary>As newer versions of the format have it: by number.</summary>
    public static Hdf5ChunkIndex Read(Hdf5Context context, Hdf5Fields fields)
    {
        byte flags = fields.Byte();
        (int rank, int size) = (fields.Byte() - 1, fields.Byte());
        if (rank < 1 || size is < 1 or > 8) throw context.File.Damaged();
        long[] sizes = new long[rank];
        for (int index = 0; index < rank; index++) sizes[index] = fields.Number(size);
        fields.Number(size);
        return new(sizes, fields.Byte() switch
        {
            SingleChunk => [Single(fields, isFiltered: (flags & 2) != 0)],
            FixedArray => ReadFixedArray(context, fields),
            _ => throw context.File.Unsupported("arrays in chunks that can grow (libver='latest')"),
        });
    }

    private static Hdf5Chunk ChunkOf(Hdf5Context context, ReadOnlySpan<byte> key, long address, int rank)
    {
        Hdf5Fields fields = context.Fields(key);
        (uint length, uint skipped) = (fields.UInt32(), fields.UInt32());
        long[] start = new long[rank];
        for (int index = 0; index < rank; index++) start[index] = fields.Number(8);
        return new(address, length, skipped, start);
    }

    private static Hdf5Chunk Single(Hdf5Fields fields, bool isFiltered)
    {
        (long length, uint skipped) = isFiltered ? (fields.Length(), fields.UInt32()) : (Hdf5Fields.Undefined, 0);
        return new(fields.Address(), length, skipped, null);
    }

    private static Hdf5Chunk[] ReadFixedArray(Hdf5Context context, Hdf5Fields layout)
    {
        layout.Skip(1);
        Hdf5Fields head = context.Fields(context.File.ReadUpTo(layout.Address(), 8 + context.Sizes.OfLength + context.Sizes.OfAddress));
        head.Expect("FAHD"u8);
        head.Skip(1);
        (bool isFiltered, int entrySize, int pageBits) = (head.Byte() == 1, head.Byte(), head.Byte());
        (long count, long block) = (head.Length(), head.Address());
        if (count < 0 || count > context.File.Length) throw context.File.Damaged();
        if (pageBits < 63 && count > 1L << pageBits) throw context.File.Unsupported("arrays in very many chunks");
        int start = 6 + context.Sizes.OfAddress;
        Hdf5Fields entries = context.Fields(context.File.Read(block, start + count * entrySize));
        entries.Expect("FADB"u8);
        entries.Skip(start - 4);
        Hdf5Chunk[] chunks = new Hdf5Chunk[count];
        for (int index = 0; index < count; index++)
        {
            long address = entries.Address();
            chunks[index] = isFiltered
                ? new(address, entries.Number(entrySize - context.Sizes.OfAddress - 4), entries.UInt32(), null)
                : new(address, Hdf5Fields.Undefined, 0, null);
        }

        return chunks;
    }
}

namespace Aphorist.Interop.Hdf5;

/// <summary>Assembles an array from its chunks.</summary>
internal sealed class Hdf5Chunks
{
    // Chunks can exceed the array only at its edges. A chunk far larger than the array is a sign of damage.
    private const long MostOfArray = 4;

    private readonly Hdf5Space space;
    private readonly long[] chunk;
    private readonly int valueSize;
    private readonly byte[] values;

    private Hdf5Chunks(Hdf5Space space, long[] chunk, int valueSize, byte[] values) =>
        (this.space, this.chunk, this.valueSize, this.values) = (space, chunk, valueSize, values);

    /// <summary>Returns the bytes of the values in row-major order; null if the chunks are too large.</summary>
    public static byte[]? Unpack(Hdf5Context context, Hdf5ChunkIndex index, Hdf5Filters filters, Hdf5Space space, int valueSize)
    {
        long[] sizes = index.Sizes;
        if (sizes.Length != space.Sizes.Length || sizes.Any(size => size < 1)) throw context.File.Damaged();
        double length = sizes.Aggregate((double)valueSize, (product, size) => product * size);
        if (length > (double)MostOfArray * Math.Max(space.Count, 1) * valueSize) return null;
        Hdf5Chunks chunks = new(space, sizes, valueSize, context.File.Allocate<byte>(space.Count * valueSize));
        foreach ((int number, Hdf5Chunk found) in index.Chunks.Index())
        {
            // A chunk that was never written is zero.
            if (found.Address == Hdf5Fields.Undefined) continue;
            byte[] bytes = filters.Unpack(context, found, (int)length, valueSize);
            long[] start = found.Start ?? chunks.StartOf(number);
            if (start.Where((place, dimension) => place < 0 || place >= space.Sizes[dimension]).Any()) throw context.File.Damaged();
            chunks.Copy(bytes, start);
        }

        return chunks.values;
    }

    /// <summary>Returns the start of a chunk from its number in row-major order.</summary>
    private long[] StartOf(long number)
    {
        long[] start = new long[chunk.Length];
        for (int dimension = chunk.Length - 1; dimension >= 0; dimension--)
        {
            long count = (space.Sizes[dimension] + chunk[dimension] - 1) / chunk[dimension];
            (number, long place) = count == 0 ? (number, 0) : Math.DivRem(number, count);
            start[dimension] = place * chunk[dimension];
        }

        // A number beyond the last chunk leaves a remainder.
        if (number > 0) start[0] = space.Sizes[0];
        return start;
    }

    /// <summary>Copies the rows of a chunk, as far as they are within the array.</summary>
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

/// <summary>A chunk: a block of an array that is stored contiguously.</summary>
/// <param name="Address">The address in the file.</param>
/// <param name="Length">The stored length in bytes.</param>
/// <param name="SkippedFilters">A bit mask of the filters that were not applied.</param>
/// <param name="Start">The position of the first value in the array; null if it follows from the number of the chunk.</param>
internal readonly record struct Hdf5Chunk(long Address, long Length, uint SkippedFilters, long[]? Start);

/// <summary>The index of the chunks of an array.</summary>
/// <param name="Sizes">The size of a chunk in every dimension.</param>
/// <param name="Chunks">The chunks. One with an undefined address is zero. The lengths of chunks without filters are not stored.</param>
internal sealed record Hdf5ChunkIndex(long[] Sizes, IEnumerable<Hdf5Chunk> Chunks)
{
    private const int SingleChunk = 1, FixedArray = 3;

    /// <summary>Reads a B-tree of chunks, which h5py writes by default.</summary>
    public static Hdf5ChunkIndex ReadTree(Hdf5Context context, Hdf5Fields fields)
    {
        int rank = fields.Byte() - 1;
        if (rank < 1) throw context.File.Damaged();
        long root = fields.Address();
        long[] sizes = new long[rank];
        for (int index = 0; index < rank; index++) sizes[index] = fields.UInt32();
        // The key of a chunk is its length, its filter mask and its position, which has an extra dimension for the bytes of a value.
        return new(sizes, Hdf5Tree.Leaves(context, root, Hdf5Tree.OfChunks, 16 + 8 * rank)
            .Select(leaf => ChunkOf(context, leaf.Key.Span, leaf.Child, rank)));
    }

    /// <summary>Reads an index of newer versions of the format, in which chunks are numbered.</summary>
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
            _ => throw context.File.Unsupported("resizable chunked arrays (libver='latest')"),
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
        if (pageBits < 63 && count > 1L << pageBits) throw context.File.Unsupported("arrays with paged chunk indexes");
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

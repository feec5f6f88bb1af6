using System.IO.Compression;

namespace Aphorist.Interop.Hdf5;

/// <summary>The filters that were applied to chunks when they were written, in that order.</summary>
internal sealed class Hdf5Filters
{
    private const int Deflate = 1, Shuffle = 2, Fletcher32 = 3, ChecksumLength = 4;

    private readonly List<int> filters = [];

    public static Hdf5Filters Read(Hdf5Context context, Hdf5Message? message)
    {
        Hdf5Filters found = new();
        if (message is null) return found;
        Hdf5Fields fields = context.Fields(message.Value.Body.Span);
        (byte version, int count) = (fields.Byte(), fields.Byte());
        fields.Skip(version == 1 ? 6 : 0);
        for (int index = 0; index < count; index++)
        {
            int filter = fields.UInt16();
            if (filter is not (Deflate or Shuffle or Fletcher32)) throw context.File.Unsupported($"arrays with filter {filter}");
            int nameLength = version == 1 ? fields.UInt16() : 0;
            fields.Skip(2);
            int values = fields.UInt16();
            fields.Skip(nameLength + 4 * (values + (version == 1 ? values % 2 : 0)));
            found.filters.Add(filter);
        }

        return found;
    }

    /// <summary>Reads a chunk and reverses the filters.</summary>
    /// <param name="context">The file.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="length">The length of the chunk without filters, in bytes.</param>
    /// <param name="valueSize">The size of a value in bytes.</param>
    public byte[] Unpack(Hdf5Context context, Hdf5Chunk chunk, int length, int valueSize)
    {
        long stored = filters.Count == 0 ? length : chunk.Length;
        if (!context.File.Has(chunk.Address, stored)) throw context.File.Damaged();
        byte[] bytes = context.File.Allocate<byte>(stored);
        context.File.ReadValues(chunk.Address, bytes);
        for (int index = filters.Count - 1; index >= 0; index--)
        {
            if ((chunk.SkippedFilters >> index & 1) != 0) continue;
            bytes = filters[index] switch
            {
                Deflate => Inflate(context, bytes, length + ChecksumLength),
                Shuffle => Unshuffle(context, bytes, valueSize),
                _ => bytes[..Math.Max(bytes.Length - ChecksumLength, 0)],
            };
        }

        return bytes.Length == length ? bytes : throw context.File.Damaged();
    }

    private static byte[] Inflate(Hdf5Context context, byte[] packed, int most)
    {
        byte[] bytes = context.File.Allocate<byte>(most);
        try
        {
            using ZLibStream stream = new(new MemoryStream(packed), CompressionMode.Decompress);
            return bytes[..stream.ReadAtLeast(bytes, most, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw context.File.Damaged();
        }
    }

    /// <summary>Reverses the shuffle filter, which stores the first bytes of all values, then the second bytes, and so on.</summary>
    private static byte[] Unshuffle(Hdf5Context context, byte[] shuffled, int valueSize)
    {
        byte[] bytes = context.File.Allocate<byte>(shuffled.Length);
        int count = shuffled.Length / valueSize;
        for (int part = 0; part < valueSize; part++)
            for (int value = 0; value < count; value++) bytes[value * valueSize + part] = shuffled[part * count + value];
        return bytes;
    }
}

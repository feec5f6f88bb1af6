using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Aphorist.Interop.Hdf5;

/// <summary>
/// The bytes of an HDF5 file. Every read is checked, and the total that is read and decompressed is bounded by the length of the file.
/// </summary>
internal sealed class Hdf5Bytes(string path, Stream stream)
{
    // The groups and attributes of a model take a few hundred thousand bytes. The limit also ends the cycles of a damaged file.
    private const long MostMetadata = 4 << 20, LeastOfRead = 64;

    // Floats of 16 bits double in size. Weights compressed with gzip grow only a little.
    private const int MostPacking = 2;
    private const long SparedForSmallFiles = 16 << 20;

    private long metadataLeft = MostMetadata, valuesLeft = MostPacking * stream.Length + SparedForSmallFiles;

    /// <summary>The path or name in error messages.</summary>
    public string Path => path;

    /// <summary>The length of the file.</summary>
    public long Length { get; } = stream.Length;

    /// <summary>Reads metadata.</summary>
    /// <exception cref="ModelFileException">The range is not in the file, or the file has too much metadata.</exception>
    public byte[] Read(long address, long count)
    {
        EnsureHas(address, count);
        metadataLeft -= Math.Max(count, LeastOfRead);
        if (metadataLeft < 0) throw Damaged();
        byte[] bytes = new byte[count];
        Fill(address, bytes);
        return bytes;
    }

    /// <summary>Reads metadata of unknown length: up to a number of bytes, or to the end of the file.</summary>
    public byte[] ReadUpTo(long address, long most) => Read(address, Math.Clamp(Length - address, 0, most));

    /// <summary>Reads the bytes of values into a buffer.</summary>
    public void ReadValues(long address, Span<byte> values)
    {
        EnsureHas(address, values.Length);
        Fill(address, values);
    }

    /// <summary>Allocates an array for values. The total cannot be much larger than the file.</summary>
    /// <exception cref="ModelFileException">The total is too large.</exception>
    public T[] Allocate<T>(long count)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        if (count < 0 || count > valuesLeft / size || count > Array.MaxLength)
            throw new ModelFileException(path, "it claims to contain more values than a file of its length can");
        valuesLeft -= count * size;
        return new T[count];
    }

    /// <summary>Whether a range of bytes is in the file.</summary>
    public bool Has(long address, long count) => address >= 0 && count >= 0 && count <= Length && address <= Length - count;

    /// <summary>Creates the exception for a file that contradicts itself.</summary>
    public ModelFileException Damaged() => new(path, "it is damaged, or not an HDF5 file");

    /// <summary>Creates the exception for a feature of the format that is not supported.</summary>
    /// <param name="what">The feature, in the plural.</param>
    public ModelFileException Unsupported(string what) => new(
        path,
        $"it has {what}, which cannot be imported; in Python, copy its groups, attributes and datasets to a new file with the "
        + "default settings of h5py");

    private void EnsureHas(long address, long count)
    {
        if (!Has(address, count)) throw Damaged();
    }

    private void Fill(long address, Span<byte> bytes)
    {
        stream.Position = address;
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) throw Damaged();
    }
}

/// <summary>Reads the little-endian fields of a structure in order. Reading past its end throws: the file is damaged.</summary>
internal ref struct Hdf5Fields(Hdf5Bytes file, ReadOnlySpan<byte> bytes, Hdf5Sizes sizes)
{
    /// <summary>The value of an undefined address or length.</summary>
    public const long Undefined = -1;

    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>The number of bytes read.</summary>
    public int Position { get; private set; }

    /// <summary>The number of bytes left.</summary>
    public readonly int Left => bytes.Length - Position;

    public byte Byte() => Bytes(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    /// <summary>Reads an address; <see cref="Undefined"/> for none.</summary>
    public long Address() => Number(sizes.OfAddress);

    /// <summary>Reads a length; <see cref="Undefined"/> if it does not fit a long.</summary>
    public long Length() => Number(sizes.OfLength);

    /// <summary>Reads a number of 1 to 8 bytes; <see cref="Undefined"/> if all its bits are set or it does not fit a long.</summary>
    public long Number(int size)
    {
        ReadOnlySpan<byte> digits = Bytes(size);
        if (!digits.ContainsAnyExcept((byte)0xFF)) return Undefined;
        ulong number = 0;
        for (int place = digits.Length - 1; place >= 0; place--) number = number << 8 | digits[place];
        return number <= long.MaxValue ? (long)number : Undefined;
    }

    /// <summary>Reads the next bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > Left) throw file.Damaged();
        ReadOnlySpan<byte> found = bytes.Slice(Position, count);
        Position += count;
        return found;
    }

    public void Skip(int count) => Bytes(count);

    /// <summary>Reads a signature and checks it.</summary>
    public void Expect(ReadOnlySpan<byte> signature)
    {
        if (!Bytes(signature.Length).SequenceEqual(signature)) throw file.Damaged();
    }
}

/// <summary>The sizes of addresses and lengths in a file, in bytes.</summary>
internal readonly record struct Hdf5Sizes(int OfAddress, int OfLength);

/// <summary>Padding to a multiple of eight bytes, as old versions of structures use it.</summary>
internal static class Hdf5Padding
{
    public static long ToEight(long length) => (length + 7) / 8 * 8;

    public static int ToEight(int length) => (length + 7) / 8 * 8;
}

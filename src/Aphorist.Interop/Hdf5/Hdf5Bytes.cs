using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Aphorist.Interop.Hdf5;

/// <summary>The bytes of an HDF5 file, which are read only where they are, and only so many of them: what is read and unpacked in all is bounded by the file's length.</summary>
internal sealed class Hdf5Bytes(string path, Stream stream)
{
    // All groups and attributes of a model take a few hundred thousand bytes. A damaged file can lead round in circles, which end where this is used up.
    private const long MostMetadata = 4 << 20, LeastOfRead = 64;

    // Floats of 16 bits become twice as long, and what is packed with gzip, which is no use for weights, somewhat longer.
    private const int MostPacking = 2;
    private const long SparedForSmallFiles = 16 << 20;

    private long metadataLeft = MostMetadata, valuesLeft = MostPacking * stream.Length + SparedForSmallFiles;

    /// <summary>What messages call the file.</summary>
    public string Path => path;

    /// <summary>Its length.</summary>
    public long Length { get; } = stream.Length;

    /// <summary>Bytes that tell how the file is built.</summary>
    /// <exception cref="ModelFileException">They are not in the file.</exception>
    public byte[] Read(long address, long count)
    {
        EnsureHas(address, count);
        metadataLeft -= Math.Max(count, LeastOfRead);
        if (metadataLeft < 0) throw Damaged();
        byte[] bytes = new byte[count];
        Fill(address, bytes);
        return bytes;
    }

    /// <summary>The same, of a structure whose length is not known yet: as many of the bytes as there are.</summary>
    public byte[] ReadUpTo(long address, long most) => Read(address, Math.Clamp(Length - address, 0, most));

    /// <summary>Bytes of values, which the caller has a place for.</summary>
    public void ReadValues(long address, Span<byte> values)
    {
        EnsureHas(address, values.Length);
        Fill(address, values);
    }

    /// <summary>A place for values. All of them together cannot be much larger than the file.</summary>
    /// <exception cref="ModelFileException">They are.</exception>
    public T[] Allocate<T>(long count)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        if (count < 0 || count > valuesLeft / size || count > Array.MaxLength) throw new ModelFileException(path, "it claims to hold more values than a file of its length can");
        valuesLeft -= count * size;
        return new T[count];
    }

    /// <summary>Whether these bytes are in the file.</summary>
    public bool Has(long address, long count) => address >= 0 && count >= 0 && count <= Length && address <= Length - count;

    /// <summary>What to throw where the file contradicts itself.</summary>
    public ModelFileException Damaged() => new(path, "it is damaged, or no HDF5 file");

    /// <summary>What to throw where the file is built in a way that is not read here.</summary>
    /// <param name="what">What it has, in the plural.</param>
    public ModelFileException Unsupported(string what) => new(path, $"it has {what}, which cannot be imported; in Python, copy its groups, attributes and datasets into a new file of h5py, with h5py's defaults");

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

/// <summary>Goes through the fields of a structure, little-endian, one after the other; beyond its end the file is damaged.</summary>
internal ref struct Hdf5Fields(Hdf5Bytes file, ReadOnlySpan<byte> bytes, Hdf5Sizes sizes)
{
    /// <summary>What stands for an address or a length that there is not.</summary>
    public const long Undefined = -1;

    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>Bytes passed.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes left.</summary>
    public readonly int Left => bytes.Length - Position;

    public byte Byte() => Bytes(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    /// <summary>A place in the file; <see cref="Undefined"/> for none.</summary>
    public long Address() => Number(sizes.OfAddress);

    /// <summary>A length; what is beyond all lengths is <see cref="Undefined"/>.</summary>
    public long Length() => Number(sizes.OfLength);

    /// <summary>A number of 1 to 8 bytes; <see cref="Undefined"/> where all its bits are set or it is beyond a long.</summary>
    public long Number(int size)
    {
        ReadOnlySpan<byte> digits = Bytes(size);
        if (!digits.ContainsAnyExcept((byte)0xFF)) return Undefined;
        ulong number = 0;
        for (int place = digits.Length - 1; place >= 0; place--) number = number << 8 | digits[place];
        return number <= long.MaxValue ? (long)number : Undefined;
    }

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > Left) throw file.Damaged();
        ReadOnlySpan<byte> found = bytes.Slice(Position, count);
        Position += count;
        return found;
    }

    public void Skip(int count) => Bytes(count);

    /// <summary>Passes a signature.</summary>
    public void Expect(ReadOnlySpan<byte> signature)
    {
        if (!Bytes(signature.Length).SequenceEqual(signature)) throw file.Damaged();
    }
}

/// <summary>Bytes that addresses and lengths take in a file.</summary>
internal readonly record struct Hdf5Sizes(int OfAddress, int OfLength);

/// <summary>Old structures fill up what they hold to a multiple of eight bytes.</summary>
internal static class Hdf5Padding
{
    public static long ToEight(long length) => (length + 7) / 8 * 8;

    public static int ToEight(int length) => (length + 7) / 8 * 8;
}

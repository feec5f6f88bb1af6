using System.Buffers.Binary;

namespace Aphorist.Interop.Hdf5;

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

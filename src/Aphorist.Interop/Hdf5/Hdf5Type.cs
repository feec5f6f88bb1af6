using System.Buffers.Binary;

namespace Aphorist.Interop.Hdf5;

/// <summary>The type of values.</summary>
/// <param name="Kind">The kind of values.</param>
/// <param name="Size">The size of a value in bytes; for a string of variable length, that of its heap reference.</param>
/// <param name="IsBigEndian">Whether numbers are big-endian.</param>
/// <param name="IsSigned">Whether integers are signed.</param>
internal readonly record struct Hdf5Type(Hdf5Kind Kind, int Size, bool IsBigEndian, bool IsSigned)
{
    private const int IntegerClass = 0, FloatClass = 1, TextClass = 3, AnyLengthClass = 9;

    public static Hdf5Type Read(Hdf5Context context, ReadOnlySpan<byte> body)
    {
        Hdf5Fields fields = context.Fields(body);
        int kind = fields.Byte() & 0xF, bits = (int)fields.Number(3);
        uint size = fields.UInt32();
        if (size is 0 or > int.MaxValue) throw context.File.Damaged();
        return new(KindOf(context, kind, bits, (int)size, fields), (int)size, (bits & 1) != 0, (bits & 8) != 0);
    }

    /// <summary>Decodes a floating-point number.</summary>
    public double Number(ReadOnlySpan<byte> bytes) => (Size, IsBigEndian) switch
    {
        (2, false) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        (2, true) => (double)BinaryPrimitives.ReadHalfBigEndian(bytes),
        (4, false) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        (4, true) => BinaryPrimitives.ReadSingleBigEndian(bytes),
        (_, false) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        (_, true) => BinaryPrimitives.ReadDoubleBigEndian(bytes),
    };

    /// <summary>Decodes an integer.</summary>
    public long Integer(ReadOnlySpan<byte> bytes)
    {
        long number = IsSigned && (bytes[IsBigEndian ? 0 : Size - 1] & 0x80) != 0 ? -1 : 0;
        for (int place = 0; place < Size; place++) number = number << 8 | bytes[IsBigEndian ? place : Size - 1 - place];
        return number;
    }

    private static Hdf5Kind KindOf(Hdf5Context context, int kind, int bits, int size, Hdf5Fields properties) => kind switch
    {
        IntegerClass when size is 1 or 2 or 4 or 8 => Hdf5Kind.Integer,
        // Bit 6 would be the VAX byte order. Only the IEEE positions of sign, exponent and mantissa are supported.
        FloatClass when size is 2 or 4 or 8 && (bits & 0x40) == 0 && IsStandard(size, properties) => Hdf5Kind.FloatingPoint,
        TextClass => Hdf5Kind.Text,
        AnyLengthClass when (bits & 0xF) == 1 && size == 8 + context.Sizes.OfAddress => Hdf5Kind.TextOfAnyLength,
        _ => Hdf5Kind.Other,
    };

    private static bool IsStandard(int size, Hdf5Fields properties)
    {
        (int offset, int precision) = (properties.UInt16(), properties.UInt16());
        (int exponentPlace, int exponentSize) = (properties.Byte(), properties.Byte());
        return (offset, precision, exponentPlace, exponentSize) == size switch
        {
            2 => (0, 16, 10, 5),
            4 => (0, 32, 23, 8),
            _ => (0, 64, 52, 11),
        };
    }
}

/// <summary>The kinds of values.</summary>
internal enum Hdf5Kind
{
    Other,
    Integer,
    FloatingPoint,

    /// <summary>Strings of fixed length in UTF-8.</summary>
    Text,

    /// <summary>Strings of variable length: references to a global heap.</summary>
    TextOfAnyLength,
}

/// <summary>The dimensions of an array.</summary>
/// <param name="Sizes">The dimensions. Empty for a scalar.</param>
/// <param name="Count">The number of values: the product of the dimensions.</param>
internal sealed record Hdf5Space(long[] Sizes, long Count)
{
    // The maximum of the format.
    private const int MostDimensions = 32;

    public static Hdf5Space Read(Hdf5Context context, ReadOnlySpan<byte> body)
    {
        Hdf5Fields fields = context.Fields(body);
        (byte version, int rank) = (fields.Byte(), fields.Byte());
        if (version is not (1 or 2) || rank > MostDimensions) throw context.File.Damaged();
        fields.Skip(1);
        // Version 2 has null dataspaces, without values.
        bool isNull = fields.Byte() == 2 && version == 2;
        fields.Skip(version == 1 ? 4 : 0);
        (long[] sizes, long count) = (new long[rank], isNull ? 0 : 1);
        for (int index = 0; index < rank; index++)
        {
            sizes[index] = fields.Length();
            if (sizes[index] < 0 || (sizes[index] > 0 && count > long.MaxValue / sizes[index])) throw context.File.Damaged();
            count *= sizes[index];
        }

        return new(sizes, count);
    }
}

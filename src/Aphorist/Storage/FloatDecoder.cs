using System.Buffers.Binary;

namespace Aphorist.Storage;

/// <summary>Converts the little-endian bytes of a floating-point type to floats.</summary>
internal static class FloatDecoder
{
    /// <summary>Converts values. F64 is rounded to the nearest float.</summary>
    public static void Decode(string dataType, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = dataType switch
            {
                "F32" => BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]),
                "F64" => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]),
                "F16" => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]),
                _ => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16),
            };
        }
    }
}

namespace Aphorist.Storage;

/// <summary>One tensor of a safetensors file, as its header announces it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataType">Its element type as the format spells it: F32, F16, BF16, F64, I64, ...</param>
/// <param name="Shape">Its dimensions; none for a single value.</param>
/// <param name="Count">The number of values: the product of the dimensions.</param>
/// <param name="Position">Where its first byte is in the file.</param>
/// <param name="ByteLength">The number of bytes it takes.</param>
public sealed record SafetensorsTensor(
    string Name,
    string DataType,
    IReadOnlyList<long> Shape,
    long Count,
    long Position,
    long ByteLength)
{
    /// <summary>The shape for people: [512, 128].</summary>
    public string ShapeText => FormatShape(Shape);

    /// <summary>The size of one element in bytes; 0 for a type that this library does not know.</summary>
    internal static int ElementSize(string dataType) => dataType switch
    {
        "F64" or "I64" or "U64" or "C64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "BOOL" or "I8" or "U8" or "F8_E4M3" or "F8_E5M2" or "F8_E8M0" => 1,
        _ => 0,
    };

    internal static string FormatShape(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}

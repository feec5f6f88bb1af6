namespace Aphorist;

/// <summary>A tensor of a safetensors file, as described in its header.</summary>
/// <param name="Name">The name.</param>
/// <param name="DataType">The element type in the spelling of the format: F32, F16, BF16, F64, I64, ...</param>
/// <param name="Shape">The dimensions; none for a single value.</param>
/// <param name="Count">The number of values: the product of the dimensions.</param>
/// <param name="Position">The position of the first byte in the file.</param>
/// <param name="ByteLength">The length in bytes.</param>
public sealed record SafetensorsTensor(
    string Name,
    string DataType,
    IReadOnlyList<long> Shape,
    long Count,
    long Position,
    long ByteLength)
{
    /// <summary>The shape as text, for example [512, 128].</summary>
    public string ShapeText => FormatShape(Shape);

    /// <summary>Whether <see cref="SafetensorsReader"/> can read the values as floats.</summary>
    public bool IsFloatingPoint => DataType is "F32" or "F16" or "BF16" or "F64";

    internal static string FormatShape(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}

namespace Aphorist;

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

    internal static string FormatShape(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}

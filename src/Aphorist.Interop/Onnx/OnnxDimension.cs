namespace Aphorist.Interop.Onnx;

/// <summary>One dimension of what goes into a graph or comes out: a number, or a name where it is known only when the graph runs.</summary>
internal readonly record struct OnnxDimension(long Size, string? Name)
{
    public static OnnxDimension Batch { get; } = new(0, "batch");

    public static OnnxDimension Length { get; } = new(0, "length");

    public static implicit operator OnnxDimension(int size) => new(size, null);
}

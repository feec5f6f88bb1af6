namespace Aphorist.Interop.Onnx;

/// <summary>What a tensor consists of; the numbers are ONNX's.</summary>
internal enum OnnxElement
{
    Float = 1,
    Integer = 7,
}

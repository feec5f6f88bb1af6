using Aphorist.Numerics;

namespace Aphorist;

/// <summary>All parameters of a model in one contiguous arena, and the named tensors in it. Gradients and moments share the layout.</summary>
public sealed class Parameters
{
    private readonly AlignedArray arena;

    internal Parameters(IReadOnlyList<ParameterTensor> tensors)
    {
        Tensors = tensors;
        arena = new AlignedArray(tensors[^1].End);
    }

    /// <summary>The tensors, in the order of the arena.</summary>
    public IReadOnlyList<ParameterTensor> Tensors { get; }

    /// <summary>The arena: every value of every tensor.</summary>
    public Span<float> Values => arena.Span;

    /// <summary>The number of parameters that are trained; the arena may be longer, since tensors start at aligned places.</summary>
    public int Count => Tensors.Sum(tensor => tensor.Length);

    /// <summary>The values of one tensor, in the arena's order (see <see cref="ParameterTensor.Transposed"/>).</summary>
    public Span<float> GetValues(ParameterTensor tensor) => Values.Slice(tensor.Offset, tensor.Length);

    internal Memory<float> Memory => arena.Memory;

    internal unsafe float* Pointer => arena.Pointer;

    internal unsafe float* PointerTo(ParameterTensor tensor) => arena.Pointer + tensor.Offset;
}

using Aphorist.Numerics;
using BenchmarkDotNet.Attributes;

namespace Aphorist.Benchmarks;

/// <summary>
/// The three matrix products of a training step with the `notebook` preset: h U, the backward pass through U, and the gradient of U.
/// </summary>
[MemoryDiagnoser]
public unsafe class GemmBenchmarks
{
    private const int Hidden = 128, Gates = 4 * Hidden, Shard = 32, Block = 256;

    private readonly AlignedArray a = new(Block * Gates), b = new(Block * Gates), c = new(Block * Gates);
    private GemmKernel gemm = null!;
    private AlignedArray forward = null!, backward = null!, gradient = null!;

    /// <summary>The instruction sets that this processor supports.</summary>
    public static IEnumerable<string> InstructionSets => InstructionSet.All.Where(set => set.IsAccelerated).Select(set => set.Name);

    [ParamsSource(nameof(InstructionSets))]
    public string Kernel { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        gemm = InstructionSet.Choose(Kernel).Gemm;
        a.Span.Fill(0.5f);
        b.Span.Fill(0.25f);
        forward = Packed(Hidden, Gates);
        backward = Packed(Gates, Hidden);
        gradient = Packed(Block, Gates);
    }

    [Benchmark(Description = "32 x 512 x 128")]
    public void Forward() =>
        gemm.Multiply(a.Pointer, Hidden, 1, forward.Pointer, c.Pointer, Gates, Shard, Gates, Hidden, accumulate: false);

    [Benchmark(Description = "32 x 128 x 512")]
    public void Backward() =>
        gemm.Multiply(a.Pointer, Gates, 1, backward.Pointer, c.Pointer, Hidden, Shard, Hidden, Gates, accumulate: false);

    [Benchmark(Description = "128 x 512 x 256, A transposed")]
    public void Gradient() =>
        gemm.Multiply(a.Pointer, 1, Hidden, gradient.Pointer, c.Pointer, Gates, Hidden, Gates, Block, accumulate: true);

    [Benchmark(Description = "packing 128 x 512")]
    public void Pack() => gemm.Pack(b.Pointer, Gates, 1, Hidden, Gates, forward.Pointer);

    private AlignedArray Packed(int depth, int columns)
    {
        AlignedArray packed = new(gemm.PackedLength(depth, columns));
        gemm.Pack(b.Pointer, columns, 1, depth, columns, packed.Pointer);
        return packed;
    }
}

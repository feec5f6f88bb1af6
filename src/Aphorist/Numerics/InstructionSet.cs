namespace Aphorist.Numerics;

/// <summary>
/// The vector widths that the engine is compiled for. The widest that the processor supports is used unless the environment variable
/// APHORIST_KERNEL names another one.
/// </summary>
internal sealed class InstructionSet
{
    /// <summary>The environment variable that selects an instruction set by name.</summary>
    public const string Variable = "APHORIST_KERNEL";

    // Thirty-two registers hold a tile of 8 x 2 vectors, sixteen hold one of 6 x 2.
    public static readonly InstructionSet Vector512 = new(
        "avx512", System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated, new TiledGemmKernel<Lanes512, Height8>());

    public static readonly InstructionSet Vector256 = new(
        "avx2", System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated, new TiledGemmKernel<Lanes256, Height6>());

    public static readonly InstructionSet Vector128 = new("vector128", true, new TiledGemmKernel<Lanes128, Height6>());

    private InstructionSet(string name, bool isAccelerated, GemmKernel gemm) => (Name, IsAccelerated, Gemm) = (name, isAccelerated, gemm);

    /// <summary>All instruction sets, widest first. Each works on every processor; those without hardware acceleration are slow.</summary>
    public static IReadOnlyList<InstructionSet> All { get; } = [Vector512, Vector256, Vector128];

    /// <summary>The instruction set in use.</summary>
    public static InstructionSet Current { get; } = Choose(Environment.GetEnvironmentVariable(Variable));

    public string Name { get; }

    public bool IsAccelerated { get; }

    public GemmKernel Gemm { get; }

    public override string ToString() => Name;

    internal static InstructionSet Choose(string? name)
    {
        if (string.IsNullOrEmpty(name)) return All.First(set => set.IsAccelerated);
        return All.FirstOrDefault(set => set.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new PlatformNotSupportedException($"{Variable} is '{name}', but the kernels are {string.Join(", ", All)}.");
    }
}

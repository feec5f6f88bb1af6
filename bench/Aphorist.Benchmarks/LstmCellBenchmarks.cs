using Aphorist.Model.Layers.Lstm;
using Aphorist.Numerics;
using BenchmarkDotNet.Attributes;

namespace Aphorist.Benchmarks;

/// <summary>The LSTM cell without its matrix products: one time step of 32 sequences with 128 units, forward and backward.</summary>
[MemoryDiagnoser]
public unsafe class LstmCellBenchmarks
{
    private const int Rows = 32, Hidden = 128, Characters = 57;

    private readonly AlignedArray sums = new(Rows * 4 * Hidden), gates = new(Rows * 4 * Hidden), gateGradient = new(Rows * 4 * Hidden);
    private readonly AlignedArray inputs = new(Characters * 4 * Hidden), inputGradient = new(Characters * 4 * Hidden);
    private readonly AlignedArray previousCell = new(Rows * Hidden), cell = new(Rows * Hidden);
    private readonly AlignedArray cellTanh = new(Rows * Hidden), hidden = new(Rows * Hidden);
    private readonly AlignedArray hiddenGradient = new(Rows * Hidden), cellGradient = new(Rows * Hidden);
    private readonly int[] tokens = GC.AllocateArray<int>(Rows, pinned: true);
    private LstmCell lstm = null!;

    [ParamsAllValues]
    public GateActivation Gates { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        lstm = LstmCell.Create(InstructionSet.Current, Gates);
        foreach (AlignedArray array in (AlignedArray[])[sums, inputs, previousCell]) Fill(array.Span);
        for (int row = 0; row < Rows; row++) tokens[row] = row;
        Forward();
    }

    [Benchmark]
    public void Forward()
    {
        fixed (int* token = tokens)
        {
            lstm.Forward(
                sums.Pointer, gates.Pointer, inputs.Pointer, token,
                previousCell.Pointer, cell.Pointer, cellTanh.Pointer, hidden.Pointer, Rows, Hidden);
        }
    }

    // All incoming gradients are and stay zero: sums that grow from call to call would soon be infinite, and zeros take the same time.
    [Benchmark]
    public void Backward()
    {
        fixed (int* token = tokens)
        {
            lstm.Backward(
                gates.Pointer, gateGradient.Pointer, token, previousCell.Pointer, cellTanh.Pointer,
                hiddenGradient.Pointer, cellGradient.Pointer, inputGradient.Pointer, Rows, Hidden);
        }
    }

    private static void Fill(Span<float> values)
    {
        RandomStream random = new(1, RandomPurpose.InputKernel);
        for (int index = 0; index < values.Length; index++) values[index] = (float)random.Normal((ulong)index);
    }
}

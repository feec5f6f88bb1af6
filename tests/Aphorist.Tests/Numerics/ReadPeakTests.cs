using Aphorist.Numerics;
using Xunit;

namespace Aphorist.Tests.Numerics;

public sealed class ReadPeakTests
{
    [Fact]
    public void Measure_EveryInstructionSet_IsARate()
    {
        AlignedArray memory = new(100_003);
        memory.Span.Fill(1);
        // No core reads 1e15 bytes per second, and none is so slow that this takes 0.1 s.
        foreach (InstructionSet set in InstructionSet.All.Where(set => set.IsAccelerated))
            Assert.InRange(ReadPeak.Measure(set, memory, TimeSpan.FromMilliseconds(1)), 4e6, 1e15);
    }
}

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
        // No core reads a million gigabytes a second, and none is so slow as to take a tenth of a second for this.
        foreach (InstructionSet set in InstructionSet.All.Where(set => set.IsAccelerated))
            Assert.InRange(ReadPeak.Measure(set, memory, TimeSpan.FromMilliseconds(1)), 4e6, 1e15);
    }
}

using Aphorist.Numerics;
using Xunit;

namespace Aphorist.Tests.Numerics;

public sealed class FmaPeakTests
{
    [Fact]
    public void Measure_EveryInstructionSet_IsARate()
    {
        // No core does 1e15 operations per second, and none with vector instructions fewer than 1e7.
        foreach (InstructionSet set in InstructionSet.All.Where(set => set.IsAccelerated))
            Assert.InRange(FmaPeak.Measure(set, TimeSpan.FromMilliseconds(1)), 1e7, 1e15);
    }
}

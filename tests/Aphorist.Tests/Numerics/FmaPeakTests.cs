using Aphorist.Numerics;
using Xunit;

namespace Aphorist.Tests.Numerics;

public sealed class FmaPeakTests
{
    [Fact]
    public void Measure_EveryInstructionSet_IsARate()
    {
        // No processor's core does a million billion operations a second, and none that is accelerated fewer than ten million.
        foreach (InstructionSet set in InstructionSet.All.Where(set => set.IsAccelerated))
            Assert.InRange(FmaPeak.Measure(set, TimeSpan.FromMilliseconds(1)), 1e7, 1e15);
    }
}

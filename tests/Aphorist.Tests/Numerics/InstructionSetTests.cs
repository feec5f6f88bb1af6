using Aphorist.Numerics;
using Xunit;

namespace Aphorist.Tests.Numerics;

public sealed class InstructionSetTests
{
    [Fact]
    public void Choose_UnknownName_NamesTheKernels()
    {
        PlatformNotSupportedException exception = Assert.Throws<PlatformNotSupportedException>(() => InstructionSet.Choose("mmx"));
        Assert.Contains("mmx", exception.Message, StringComparison.Ordinal);
        Assert.All(InstructionSet.All, set => Assert.Contains(set.Name, exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Choose_NoName_TakesTheWidestThatIsAccelerated()
    {
        InstructionSet chosen = InstructionSet.Choose(null);
        Assert.True(chosen.IsAccelerated);
        Assert.All(InstructionSet.All.TakeWhile(set => set != chosen), wider => Assert.False(wider.IsAccelerated));
    }

    [Fact]
    public void Choose_ItsOwnNames_FindsEach() =>
        Assert.All(InstructionSet.All, set => Assert.Same(set, InstructionSet.Choose(set.Name.ToUpperInvariant())));
}

using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training.Distributed;

public sealed class WorkingProcessesTests
{
    [Theory]
    [InlineData(32, 384, 1, 1, null)]
    [InlineData(32, 384, 2, 2, null)]
    [InlineData(32, 384, 3, 2, 48)] // three shards of 16
    [InlineData(32, 384, 4, 2, 64)]
    [InlineData(128, 128, 16, 16, null)]
    [InlineData(128, 128, 3, 2, 768)] // 24 shards of 32: there are 16 up to a batch of 511
    [InlineData(128, 128, 64, 16, 2048)] // 64 shards of 32
    public void BatchSizeFor_AnyNumberOfProcesses_IsTheSmallestThatDividesEvenly(
        int batch, int hidden, int processes, int working, int? enough)
    {
        ModelSpec spec = new() { HiddenSize = hidden };
        Assert.Equal(working, TrainingStep.WorkingProcesses(spec, batch, processes));
        Assert.Equal(enough, TrainingStep.BatchSizeFor(spec, batch, processes));
    }
}

using Aphorist.Training;
using Aphorist.Training.Runs;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Training.Runs;

public sealed class MetricsFileTests : IDisposable
{
    private const string Header =
        "epoch,loss,accuracy,validation_loss,validation_accuracy,seconds,characters_per_second,learning_rate";

    private readonly TemporaryFolder folder = new();

    private string FilePath => folder["metrics.csv"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Write_TwoEpochs_IsPlainCsv()
    {
        MetricsFile.Write(
            FilePath, [new(1, 1.5, 0.25, null, null, 2, 1e6, 0.01, true), new(2, 1.25, 0.5, 1.75, 0.125, 2.5, 1000.5, 0.01, true)]);
        string[] expected =
        [
            Header,
            "1,1.5,0.25,,,2,1000000,0.01",
            "2,1.25,0.5,1.75,0.125,2.5,1000.5,0.01",
        ];
        Assert.Equal(string.Concat(expected.Select(line => line + "\n")), File.ReadAllText(FilePath));
    }

    [Fact]
    public void Write_AnyNumbers_ReadBackBitForBit() =>
        Gen.Select(Gen.Double, Gen.Double.Nullable(), Gen.Double).Array[0, 20].Sample(
            rows =>
            {
                EpochCompleted[] epochs = [.. rows.Select((row, i) =>
                    new EpochCompleted(i + 1, row.Item1, row.Item3, row.Item2, row.Item2, row.Item3, row.Item1, row.Item3, false))];
                MetricsFile.Write(FilePath, epochs);
                Assert.Equal(epochs, MetricsFile.Read(FilePath).Select(epoch => epoch with { IsBest = false }));
            },
            iter: 100,
            threads: 1);

    [Fact]
    public void Read_Epochs_KnowsWhichWereTheBest()
    {
        double[] losses = [2, 1.5, double.NaN, 1.75, 1.25];
        MetricsFile.Write(FilePath, [.. losses.Select((loss, i) => new EpochCompleted(i + 1, loss, 0, null, null, 0, 0, 0, false))]);
        Assert.Equal([true, true, false, false, true], MetricsFile.Read(FilePath).Select(epoch => epoch.IsBest));
    }

    [Theory]
    [InlineData("", "is not a metrics file")]
    [InlineData("a,b\n", "is not a metrics file")]
    [InlineData(Header + ",more\n", "is not a metrics file")]
    [InlineData("\n" + Header + "\n", "is not a metrics file")]
    [InlineData(Header + "\n1,2\n", "Line 2")]
    [InlineData(Header + "\n1.5,2,0,,,1,1,1\n", "Line 2")]
    [InlineData(Header + "\n1,x,0,,,1,1,1\n", "Line 2")]
    public void Read_DamagedFile_SaysWhere(string text, string problem)
    {
        File.WriteAllText(FilePath, text);
        Assert.Contains(problem, Assert.Throws<TrainingRunException>(() => MetricsFile.Read(FilePath)).Message, StringComparison.Ordinal);
    }
}

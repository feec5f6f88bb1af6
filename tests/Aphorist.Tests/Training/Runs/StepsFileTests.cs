using Aphorist.Training;
using Aphorist.Training.Runs;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Training.Runs;

public sealed class StepsFileTests : IDisposable
{
    private const string Header = "step,epoch,tokens,seconds,loss,learning_rate,gradient_norm,characters_per_second";

    private readonly TemporaryFolder folder = new();

    private string FilePath => folder["steps.csv"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Append_TwoRows_IsPlainCsv()
    {
        StepsFile.Append(FilePath, new(100, 0.5, 6400, 1.5, 2.25, 0.01, 0.75, 1e6));
        StepsFile.Append(FilePath, new(200, 1, 12_800, 3, 2, 0.005, double.PositiveInfinity, 1000.5));
        Assert.Equal(
            Header + "\n100,0.5,6400,1.5,2.25,0.01,0.75,1000000\n200,1,12800,3,2,0.005,Infinity,1000.5\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Append_AnyNumbers_ReadBackBitForBit() =>
        Gen.Select(Gen.Int.Positive, Gen.Double, Gen.Double, Gen.Double).Array[1, 20].Sample(
            numbers =>
            {
                File.Delete(FilePath);
                StepsCompleted[] rows =
                [
                    .. numbers.Select(row => new StepsCompleted(
                        row.Item1, row.Item2, row.Item1 * 64L, row.Item3, row.Item4, row.Item2, row.Item3, row.Item4)),
                ];
                foreach (StepsCompleted row in rows) StepsFile.Append(FilePath, row);
                Assert.Equal(rows, StepsFile.Read(FilePath));
            },
            iter: 50,
            threads: 1);

    [Theory]
    [InlineData("1\n2\n3\n", 3, "1\n2\n3\n")]
    [InlineData("1\n2\n3\n", 2, "1\n2\n")]
    [InlineData("1\n2\n3\n", 0, "")]
    [InlineData("1\n2\n3", 3, "1\n2\n3\n")]
    [InlineData("1\n2\noops\n3\n2\n3\n", 9, "1\n2\n3\n")]
    [InlineData("", 5, "")]
    public void KeepUpTo_Steps_RemovesLaterRepeatedAndDamagedLines(string steps, int upTo, string kept)
    {
        File.WriteAllText(FilePath, TextOf(steps));
        StepsFile.KeepUpTo(FilePath, upTo);
        Assert.Equal(TextOf(kept), File.ReadAllText(FilePath));
    }

    [Fact]
    public void KeepUpTo_NothingToRemove_DoesNotTouchTheFile()
    {
        File.WriteAllText(FilePath, TextOf("1\n2\n"));
        DateTime old = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(FilePath, old);
        StepsFile.KeepUpTo(FilePath, 2);
        Assert.Equal(old, File.GetLastWriteTimeUtc(FilePath));
    }

    [Fact]
    public void KeepUpTo_FileLostItsRows_GetsAHeaderAgain()
    {
        File.WriteAllText(FilePath, "");
        StepsFile.KeepUpTo(FilePath, 5);
        StepsFile.Append(FilePath, new(6, 1, 2, 3, 4, 5, 6, 7));
        Assert.Equal(Header + "\n6,1,2,3,4,5,6,7\n", File.ReadAllText(FilePath));
    }

    /// <summary>On Windows, a file that is read can only be written if the reader allows it.</summary>
    [Fact]
    public void Read_RunInTraining_DoesNotHinderIt()
    {
        StepsFile.Append(FilePath, new(1, 1, 2, 3, 4, 5, 6, 7));
        MetricsFile.Read(FilePath, Header, line =>
        {
            if (line.StartsWith('1')) StepsFile.Append(FilePath, new(2, 1, 2, 3, 4, 5, 6, 7));
            return line;
        });
        Assert.Equal(TextOf("1\n2\n"), File.ReadAllText(FilePath));
    }

    [Theory]
    [InlineData("", "is not a metrics file")]
    [InlineData("epoch,loss\n", "is not a metrics file")]
    [InlineData(Header + "\n1,2\n", "Line 2")]
    [InlineData(Header + "\n1.5,0.5,64,1,2,0.01,1,1\n", "Line 2")]
    [InlineData(Header + "\n1,0.5,64,1,2,0.01,x,1\n", "Line 2")]
    [InlineData(Header + "\n1,0.5,64,1,,0.01,1,1\n", "Line 2")]
    [InlineData(Header + "\n1e300,0.5,64,1,2,0.01,1,1\n", "Line 2")]
    public void Read_DamagedFile_SaysWhere(string text, string problem)
    {
        File.WriteAllText(FilePath, text);
        Assert.Contains(problem, Assert.Throws<TrainingRunException>(() => StepsFile.Read(FilePath)).Message, StringComparison.Ordinal);
    }

    /// <summary>A file with these steps, a word that is no number for a damaged line.</summary>
    private static string TextOf(string steps) =>
        Header + "\n" + string.Join('\n', steps.Split('\n').Select(step => int.TryParse(step, out _) ? $"{step},1,2,3,4,5,6,7" : step));
}

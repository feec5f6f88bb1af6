using Aphorist.Training;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Training;

public sealed class WindowSetTests
{
    [Theory]
    [InlineData(60, 0, 200_278, 0)]
    [InlineData(40, 0.05, 190_270, 10_015)]
    public void WindowSet_Nietzsche_HasKerasCounts(int window, double validationShare, int training, int validation)
    {
        WindowSet windows = new(600_893, window, step: 3, validationShare);
        Assert.Equal((training, validation), (windows.TrainingCount, windows.Validation.Length));
    }

    [Fact]
    public void WindowSet_AnySizes_StartsAreThoseOfTheNotebooksLoop() =>
        Gen.Select(Gen.Int[2, 300], Gen.Int[1, 50], Gen.Int[1, 7]).Where(sizes => sizes.Item1 > sizes.Item2).Sample((length, window, step) =>
        {
            List<int> expected = [];
            for (int start = 0; start < length - window; start += step) expected.Add(start);
            Assert.Equal(expected, new WindowSet(length, window, step, 0).Shuffle(1, 1).Order());
        });

    [Fact]
    public void Shuffle_PartHeldOut_PermutesTheOthersDifferentlyEachEpoch()
    {
        WindowSet windows = new(2000, 6, 3, 0.2);
        int[] first = [.. windows.Shuffle(7, 1)], second = [.. windows.Shuffle(7, 2)], otherSeed = [.. windows.Shuffle(8, 1)];
        int[] inOrder = [.. Enumerable.Range(0, 532).Select(index => 3 * index)];
        Assert.All((int[][])[first, second, otherSeed], order => Assert.Equal(inOrder, order.Order()));
        Assert.NotEqual(first, second);
        Assert.NotEqual(first, otherSeed);
        Assert.NotEqual(inOrder, first);
        Assert.Equal(first, windows.Shuffle(7, 1));
        Assert.Equal(Enumerable.Range(532, 133).Select(index => 3 * index), windows.Validation);
    }

    [Theory]
    [InlineData(60, 0, "The corpus has 60 characters, but a window of 60 and the character after it need at least 61")]
    [InlineData(70, 0.95, "A validation share of 0.95 of 4 windows leaves none to train on")]
    [InlineData(70, 1e-17, "A validation share of 1E-17 of 4 windows leaves none to validate with")]
    public void WindowSet_NothingToTrainOnOrValidateWith_SaysSo(int length, double validationShare, string problem)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new WindowSet(length, 60, step: 3, validationShare));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }
}

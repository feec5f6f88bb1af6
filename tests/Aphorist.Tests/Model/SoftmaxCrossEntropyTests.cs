using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Reference;
using Xunit;

namespace Aphorist.Tests.Model;

public sealed class SoftmaxCrossEntropyTests
{
    private const float Guard = 4321.125f;

    public static TheoryData<string> Kernels => [.. InstructionSet.All.Select(set => set.Name)];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Run_ClassesAroundEveryVectorWidth_GivesTheReferencesLossAndGradient(string kernel)
    {
        Random random = new(1);
        foreach (int classes in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 57, 100])
        {
            float[] logits = [.. Enumerable.Range(0, classes).Select(_ => 20 * random.NextSingle() - 10)];
            Check(kernel, logits, random.Next(classes), scale: 1f / 128);
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Run_LogitsFarApart_KeepsTheLossFinite(string kernel)
    {
        // The probability of the target is below the smallest double; its loss is simply the distance.
        (double loss, float[] gradient, bool correct) = Run(kernel, [0f, -5000f, -3e38f], 1, 1f);
        Assert.Equal(5000, loss, 1e-9);
        Assert.False(correct);
        Assert.Equal(1f, gradient[0]);
        Assert.Equal(-1f, gradient[1]);
        Assert.Equal(0f, gradient[2], 1e-30f);
        Assert.Equal(0, Run(kernel, [0f, -5000f], 0, 1f).Loss, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Run_LogitNotANumber_GivesALossNotANumber(string kernel)
    {
        Assert.True(double.IsNaN(Run(kernel, [0f, float.NaN, 1f], 0, 1f).Loss));
        Assert.True(double.IsNaN(Run(kernel, [float.NaN, 0f, 1f], 1, 1f).Loss));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Run_EqualLogits_CountsTheFirstAsThePrediction(string kernel)
    {
        Assert.True(Run(kernel, [1f, 1f, 0f], 0, 1f).Correct);
        Assert.False(Run(kernel, [1f, 1f, 0f], 1, 1f).Correct);
    }

    private static void Check(string kernel, float[] logits, int target, float scale)
    {
        double[] exact = [.. logits.Select(logit => (double)logit)];
        (double loss, float[] gradient, bool correct) = Run(kernel, logits, target, scale);
        // The largest term of the sum is 1, so a loss near 0 is good to the rounding of 1.
        Tolerance.AssertClose(Softmax.CrossEntropy(exact, target), loss, Tolerance.OfChain(logits.Length), 1, "loss", logits.Length);
        Assert.Equal(Array.IndexOf(logits, logits.Max()) == target, correct);
        double[] expected = [.. Softmax.CrossEntropyGradient(exact, target).Select(value => value * scale)];
        for (int k = 0; k < expected.Length; k++)
            Tolerance.AssertClose(
                expected[k], gradient[k], Tolerance.OfChain(logits.Length), scale, $"gradient of {logits.Length} classes", k);
    }

    private static unsafe (double Loss, float[] Gradient, bool Correct) Run(string kernel, float[] logits, int target, float scale)
    {
        float[] values = [Guard, .. logits, Guard];
        fixed (float* pointer = values)
        {
            double loss =
                SoftmaxCrossEntropy.Create(InstructionSet.Choose(kernel)).Run(pointer + 1, logits.Length, target, scale, out bool correct);
            Assert.Equal(Guard, values[0]);
            Assert.Equal(Guard, values[^1]);
            return (loss, values[1..^1], correct);
        }
    }
}

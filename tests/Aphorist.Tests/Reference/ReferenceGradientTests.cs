using Aphorist.Reference;
using Xunit;

namespace Aphorist.Tests.Reference;

/// <summary>The oracle is proven before it judges: every gradient of the reference against differences of its own loss.</summary>
public sealed class ReferenceGradientTests
{
    [Theory]
    [InlineData(2, 1, 1, 1)]
    [InlineData(3, 2, 2, 1)]
    [InlineData(5, 3, 4, 3)]
    [InlineData(4, 5, 7, 2)]
    public void LossAndGradients_SigmoidGates_EqualsFiniteDifferences(int vocabularySize, int hiddenSize, int window, int batch)
    {
        Random random = new(vocabularySize * 1000 + hiddenSize);
        ReferenceModel model = RandomModel(random, vocabularySize, hiddenSize, Gate.Sigmoid, 0.7);
        (int[][] windows, int[] targets) = RandomBatch(random, vocabularySize, window, batch);
        AssertGradients(model, windows, targets);
    }

    [Theory]
    [InlineData(3, 2, 3, 2, 0.3)]
    [InlineData(5, 3, 4, 3, 0.7)]
    [InlineData(4, 4, 6, 2, 2.0)]
    public void LossAndGradients_HardSigmoidGates_EqualsFiniteDifferences(
        int vocabularySize, int hiddenSize, int window, int batch, double deviation)
    {
        Random random = new(vocabularySize * 1000 + hiddenSize);
        (int[][] windows, int[] targets) = RandomBatch(random, vocabularySize, window, batch);
        ReferenceModel model = RandomModel(random, vocabularySize, hiddenSize, Gate.HardSigmoid, deviation);
        // At a kink a difference means nothing: models that come near one are thrown away.
        while (FiniteDifferences.DistanceToKink(model, windows) < 1e-3)
            model = RandomModel(random, vocabularySize, hiddenSize, Gate.HardSigmoid, deviation);
        if (deviation > 1) Assert.InRange(FiniteDifferences.ClippedShare(model, windows), 0.1, 0.9);
        AssertGradients(model, windows, targets);
    }

    [Fact]
    public void LossAndGradients_LossOfTheSameBatch_EqualsLoss()
    {
        Random random = new(1);
        ReferenceModel model = RandomModel(random, 4, 3, Gate.Sigmoid, 0.5);
        (int[][] windows, int[] targets) = RandomBatch(random, 4, 5, 6);
        Assert.Equal(model.Loss(windows, targets), model.LossAndGradients(windows, targets).Loss, 1e-14);
    }

    private static void AssertGradients(ReferenceModel model, int[][] windows, int[] targets)
    {
        ReferenceParameters gradients = model.LossAndGradients(windows, targets).Gradients;
        for (int tensor = 0; tensor < gradients.Tensors.Count; tensor++)
        {
            double[] expected = FiniteDifferences.Of(model, model.Parameters.Tensors[tensor], windows, targets);
            for (int index = 0; index < expected.Length; index++)
                Tolerance.AssertClose(expected[index], gradients.Tensors[tensor][index], 1e-8, 1, ReferenceParameters.Names[tensor], index);
        }
    }

    private static ReferenceModel RandomModel(Random random, int vocabularySize, int hiddenSize, Gate gate, double deviation)
    {
        ReferenceParameters parameters = new(vocabularySize, hiddenSize);
        parameters.FillNormal(random, deviation);
        return new ReferenceModel(parameters, gate);
    }

    private static (int[][] Windows, int[] Targets) RandomBatch(Random random, int vocabularySize, int window, int batch)
    {
        int[][] windows = [.. Enumerable.Range(0, batch).Select(_ => Characters(window))];
        return (windows, Characters(batch));

        int[] Characters(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabularySize))];
    }
}

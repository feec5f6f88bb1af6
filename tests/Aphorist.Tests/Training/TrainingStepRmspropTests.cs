using Aphorist.Numerics;
using Aphorist.Reference;
using Aphorist.Tests.Model;
using Aphorist.Training;
using Aphorist.Training.Optimizers;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>Compares ten training steps of the engine with the reference.</summary>
public sealed class TrainingStepRmspropTests
{
    [Theory]
    [InlineData(GateActivation.Sigmoid)]
    [InlineData(GateActivation.HardSigmoid)]
    public void Run_TenSteps_FollowsTheReferencesLosses(GateActivation gates)
    {
        foreach (InstructionSet set in InstructionSet.All) AssertTenSteps(set, gates);
    }

    [Fact]
    public void Update_AnyLength_FollowsTheFormula()
    {
        Random random = new(1);
        foreach (int length in (int[])[0, 1, 7, 8, 9, 16, 31, 33, 100])
        {
            float[] values = Numbers(length), gradient = Numbers(length), squares = [.. Numbers(length).Select(Math.Abs)];
            float[] changed = [.. values], changedSquares = [.. squares];
            Optimizer.Create(OptimizerKind.RmsProp, weightDecay: 0).Update(
                changed, gradient, changedSquares, [], new OptimizerStep(1, 0.01f));
            for (int index = 0; index < length; index++)
            {
                double square = 0.9 * squares[index] + 0.1 * gradient[index] * gradient[index];
                double value = values[index] - 0.01 * gradient[index] / (Math.Sqrt(square) + 1e-7);
                // Rho and 1 - rho are rounded to floats themselves: 0.1 comes out of 1 - 0.9 with an error of 2.4 roundings.
                Tolerance.AssertClose(square, changedSquares[index], 5 * Tolerance.Rounding, 0, "mean square", index);
                Tolerance.AssertClose(value, changed[index], 5 * Tolerance.Rounding, 0.1, "parameter", index);
            }
        }

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
    }

    private static void AssertTenSteps(InstructionSet set, GateActivation gates)
    {
        const int Batch = 40;
        const double Rate = 0.01;
        ModelPair pair = ModelPair.Initial(12, 17, 8, gates);
        RandomBatch batch = new(pair.Engine, Batch);
        ReferenceRmsprop rmsprop = new(pair.Reference.Parameters, Rate);
        using TrainingStep step = new(pair.Engine, batch.Ids, new TrainingOptions { BatchSize = Batch, Threads = 2 }, set);
        List<double> losses = [];
        for (int number = 0; number < 10; number++)
        {
            (double expected, ReferenceParameters gradients) = pair.Reference.LossAndGradients(batch.Reference, scale: 1.0 / Batch);
            rmsprop.Step(gradients);
            double loss = step.Run(batch.Starts, pair.Engine.Spec.Window, number + 1, (float)Rate).Loss / Batch;
            Tolerance.AssertClose(expected / Batch, loss, Tolerance.OfTraining(number), 0, $"{set}, {gates}, loss of step", number);
            losses.Add(loss);
        }

        Assert.True(losses[^1] < 0.9 * losses[0], $"Training has not helped: {string.Join(", ", losses)}.");
    }
}

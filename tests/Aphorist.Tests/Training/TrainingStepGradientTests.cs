using Aphorist.Numerics;
using Aphorist.Reference;
using Aphorist.Tests.Model;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>The whole model's loss and every gradient, against the reference, with every kernel.</summary>
public sealed class TrainingStepGradientTests
{
    /// <summary>
    /// V, H, window, batch: sizes below, at and above every vector width, shards and blocks of steps, and remainders of each.
    /// </summary>
    private static readonly (int V, int H, int Window, int Batch)[] Shapes =
    [
        (2, 1, 1, 1), (3, 2, 2, 2), (5, 7, 3, 5), (4, 8, 9, 32), (7, 16, 5, 31), (11, 17, 6, 33), (57, 32, 12, 65), (16, 33, 40, 20), (
            70, 5, 2, 100),
    ];

    [Theory]
    [ClassData(typeof(KernelsAndGates))]
    public void Run_AnyShape_GivesTheReferencesLossAndGradients(string kernel, GateActivation gates)
    {
        foreach ((int v, int h, int window, int batch) in Shapes)
        {
            ModelPair pair = ModelPair.Random(v, h, window, gates, seed: v + h);
            AssertStep(pair, kernel, new RandomBatch(pair.Engine, batch), batch);
        }
    }

    [Theory]
    [ClassData(typeof(KernelsAndGates))]
    public void Run_LargeParameters_GivesTheReferencesLossAndGradients(string kernel, GateActivation gates)
    {
        // Saturated gates, clipped hard sigmoids, losses of many nats.
        ModelPair pair = ModelPair.Random(9, 20, 4, gates, deviation: 2, seed: 3);
        AssertStep(pair, kernel, new RandomBatch(pair.Engine, 12), 12);
    }

    [Theory]
    [ClassData(typeof(KernelsAndGates))]
    public void Run_BatchSmallerThanTheLargest_GivesTheReferencesLossAndGradients(string kernel, GateActivation gates)
    {
        // The last batch of an epoch is a remainder: it has shards, blocks of steps and averages of its own.
        ModelPair pair = ModelPair.Random(9, 12, 40, gates);
        foreach ((int largest, int batch) in ((int, int)[])[(30, 16), (31, 1), (70, 33), (128, 86)])
            AssertStep(pair, kernel, new RandomBatch(pair.Engine, batch, seed: largest), largest);
    }

    [Theory]
    [ClassData(typeof(KernelsAndGates))]
    public void Evaluate_SameBatch_GivesTheReferencesLossAndChangesNothing(string kernel, GateActivation gates)
    {
        ModelPair pair = ModelPair.Random(9, 12, 6, gates);
        RandomBatch batch = new(pair.Engine, 50);
        float[] before = pair.Engine.Parameters.Values.ToArray();
        using TrainingStep step = new(
            pair.Engine, batch.Ids, new TrainingOptions { BatchSize = 50, Threads = 2 }, InstructionSet.Choose(kernel));
        AssertLoss(pair, batch, Evaluate(step, batch));
        Assert.Equal(before, pair.Engine.Parameters.Values);
        Assert.Equal(-1, step.Moments[0].Values.Span.IndexOfAnyExcept(0f));
    }

    private static void AssertStep(ModelPair pair, string kernel, RandomBatch batch, int largestBatch)
    {
        using TrainingStep step = new(
            pair.Engine, batch.Ids, new TrainingOptions { BatchSize = largestBatch, Threads = 2 }, InstructionSet.Choose(kernel));
        AssertLoss(pair, batch, step.Run(batch.Starts, pair.Engine.Spec.Window, number: 1, learningRate: 0));
        ReferenceParameters gradients = pair.Reference.LossAndGradients(batch.Reference, scale: 1.0 / batch.Starts.Length).Gradients;
        ModelSpec spec = pair.Engine.Spec;
        foreach (ParameterTensor tensor in pair.Engine.Parameters.Tensors)
        {
            double[] expected = ModelPair.ToMemory(tensor, gradients[tensor.Name]);
            Tolerance.AssertClose(
                expected, step.Gradient.Slice(tensor.Offset, tensor.Length), Tolerance.OfChain(spec.HiddenSize * spec.Window),
                $"V {pair.Engine.Tokenizer.VocabularySize}, {spec}, batch {batch.Starts.Length}, gradient of {tensor.Name}");
        }
    }

    private static (double Loss, int Correct) Evaluate(TrainingStep step, RandomBatch batch)
    {
        step.Evaluator.RefreshWeights();
        Evaluation evaluation = step.Evaluator.EvaluateWindows(batch.Ids, batch.Starts.Length, index => batch.Starts[index]);
        Assert.Equal(batch.Starts.Length, evaluation.Count);
        return (evaluation.TotalLoss, (int)evaluation.Correct);
    }

    private static void AssertLoss(ModelPair pair, RandomBatch batch, (double Loss, int Correct) actual)
    {
        ModelSpec spec = pair.Engine.Spec;
        double expected = pair.Reference.Loss(batch.Reference);
        Tolerance.AssertClose(
            expected,
            actual.Loss,
            Tolerance.OfChain(spec.HiddenSize * spec.Window),
            0,
            $"{spec}, summed loss of a batch",
            batch.Windows.Length);
        int correct = batch.Windows.Zip(batch.Targets).Count(example =>
            MostLikelyOf(pair.Reference.Logits(example.First)) == example.Second);
        Assert.Equal(correct, actual.Correct);
    }

    private static int MostLikelyOf(double[] logits) => Array.IndexOf(logits, logits.Max());
}

using Aphorist.Numerics;
using Aphorist.Tests.Model;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

public sealed class TrainingStepDeterminismTests
{
    public static TheoryData<string> Kernels => [.. InstructionSet.All.Select(set => set.Name)];

    /// <summary>Every kernel with the index of every kind in <see cref="LayerKinds.All"/>.</summary>
    public static TheoryData<string, int> KernelsAndKinds =>
        [.. InstructionSet.All.SelectMany(set => Enumerable.Range(0, LayerKinds.All.Count).Select(kind => (set.Name, kind)))];

    [Theory]
    [MemberData(nameof(KernelsAndKinds))]
    public void Run_AnyNumberOfThreads_GivesTheSameBits(string kernel, int kind) => AssertSameBits(kernel, LayerKinds.All[kind]);

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Run_ResidualNormalizedLayersAnyNumberOfThreads_GivesTheSameBits(string kernel) =>
        AssertSameBits(kernel, new ModelSpec { Architecture = Architecture.Gru, Layers = 2, Residual = true, LayerNormalization = true });

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Run_NormalizedConvolutionsAnyNumberOfThreads_GivesTheSameBits(string kernel) =>
        AssertSameBits(kernel, new ModelSpec { Architecture = Architecture.Convolution, Layers = 2, LayerNormalization = true });

    [Theory]
    [InlineData(256, 128, 8)]
    [InlineData(257, 128, 16)]
    [InlineData(257, 512, 32)]
    [InlineData(257, 10_000, 32)]
    [InlineData(16384, 1, 8)]
    [InlineData(16384, 31, 8)]
    [InlineData(16384, 32, 16)]
    public void ShardRows_ASixteenthOfTheBatch_IsWithinTheLimitsOfTheModelsSize(int hidden, int batch, int expected) =>
        Assert.Equal(expected, TrainingStep.ShardRows(new ModelSpec { HiddenSize = hidden }, batch));

    private static void AssertSameBits(string kernel, ModelSpec spec)
    {
        (float[] Parameters, double[] Losses) one = Train(kernel, spec, threads: 1);
        foreach (int threads in (int[])[2, 3, 4])
        {
            (float[] Parameters, double[] Losses) many = Train(kernel, spec, threads);
            Assert.Equal(one.Losses, many.Losses);
            Assert.Equal(one.Parameters, many.Parameters);
        }
    }

    /// <summary>
    /// Eight steps over batches of five shards, the last of them a remainder, and a parameter arena of more than one chunk.
    /// </summary>
    private static (float[] Parameters, double[] Losses) Train(string kernel, ModelSpec spec, int threads)
    {
        LanguageModel model = LanguageModel.Create(spec with { HiddenSize = 30, Window = 7 }, ModelPair.VocabularyOf(19), seed: 1);
        RandomBatch batch = new(model, 150);
        TrainingOptions options = new() { BatchSize = 150, Threads = threads, EmaDecay = spec.LayerNormalization ? 0.9 : 0 };
        using TrainingStep step = new(model, batch.Ids, options, InstructionSet.Choose(kernel));
        double[] losses = [.. Enumerable.Range(0, 8).Select(round =>
            step.Run(batch.Starts.AsSpan(0, 150 - 13 * round), model.Spec.Window, round + 1, 0.01f).Loss)];
        return (model.Parameters.Values.ToArray(), losses);
    }
}

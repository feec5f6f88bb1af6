using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Tests.Model;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

public sealed class TrainingStepDeterminismTests
{
    public static TheoryData<string, Architecture> KernelsAndArchitectures
    {
        get
        {
            TheoryData<string, Architecture> data = [];
            foreach (InstructionSet set in InstructionSet.All)
                foreach (Architecture architecture in (Architecture[])[Architecture.Lstm, Architecture.Convolution]) data.Add(set.Name, architecture);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(KernelsAndArchitectures))]
    public void Run_AnyNumberOfThreads_GivesTheSameBits(string kernel, Architecture architecture)
    {
        (float[] Parameters, double[] Losses) one = Train(kernel, architecture, threads: 1);
        foreach (int threads in (int[])[2, 3, 4])
        {
            (float[] Parameters, double[] Losses) many = Train(kernel, architecture, threads);
            Assert.Equal(one.Losses, many.Losses);
            Assert.Equal(one.Parameters, many.Parameters);
        }
    }

    /// <summary>Eight steps over batches of five shards, the last of them a remainder, and a parameter arena of more than one chunk.</summary>
    private static (float[] Parameters, double[] Losses) Train(string kernel, Architecture architecture, int threads)
    {
        LanguageModel model = LanguageModel.Create(new() { Architecture = architecture, HiddenSize = 30, Window = 7 }, ModelPair.VocabularyOf(19), seed: 1);
        RandomBatch batch = new(model, 150);
        using TrainingStep step = new(model, batch.Ids, new TrainingOptions { BatchSize = 150, Threads = threads }, InstructionSet.Choose(kernel));
        double[] losses = [.. Enumerable.Range(0, 8).Select(round => step.Run(batch.Starts.AsSpan(0, 150 - 13 * round), model.Spec.Window, round + 1, 0.01f).Loss)];
        return (model.Parameters.Values.ToArray(), losses);
    }
}

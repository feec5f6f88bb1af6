using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace Aphorist.Interop.Tests.Onnx;

/// <summary>ONNX Runtime computes with the exported graphs what the engine computes with the models.</summary>
public sealed class OnnxRuntimeTests
{
    // Both sides round to 24 bits in other orders; at 200 steps the models here differ by some 1e-7.
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Models => OnnxCase.Names;

    [Theory]
    [MemberData(nameof(Models))]
    public void Window_AnyModelBatchAndLength_HasTheEnginesProbabilities(string name) => AssertWindowIsTheEngine(OnnxCase.Of(name));

    [Theory]
    [MemberData(nameof(Models))]
    public void Positions_AnyModel_HasTheEnginesProbabilitiesAfterEachToken(string name)
    {
        OnnxCase example = OnnxCase.Of(name);
        using InferenceSession session = example.Load(OnnxGraphKind.Positions);
        long[][] ids = example.Ids(batch: 3, length: 20);
        AssertNear(example.Probabilities(ids).SelectMany(row => row).SelectMany(position => position), OnnxRun.Probabilities(session, ids));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Step_TokenByToken_IsTheWindowGraph(string name)
    {
        OnnxCase example = OnnxCase.Of(name);
        using InferenceSession step = example.Load(OnnxGraphKind.Step), window = example.Load(OnnxGraphKind.Window);
        long[][] ids = example.Ids(batch: 3, length: 70);
        float[][] steps = OnnxRun.Steps(step, ids);
        foreach (int length in new[] { 1, 2, 3, 10, 70 })
            AssertNear(OnnxRun.Probabilities(window, [.. ids.Select(row => row[..length])]), steps[length - 1]);
    }

    [Fact]
    public void Metadata_LoadedByTheRuntime_IsTheModelFilesDocument()
    {
        OnnxCase example = OnnxCase.Of("LSTM");
        using InferenceSession session = example.Load(OnnxGraphKind.Window);
        Microsoft.ML.OnnxRuntime.ModelMetadata metadata = session.ModelMetadata;
        Assert.Equal("Aphorist", metadata.ProducerName);
        Assert.Equal("window", metadata.GraphName);
        Assert.Equal(ModelFileInfo.DescribeAsJson(example.Model), metadata.CustomMetadataMap["aphorist"]);
        Assert.Contains("\\n abcdefghijklmnopqrst\u00e9\u4e2d", metadata.CustomMetadataMap["aphorist"], StringComparison.Ordinal);
    }

    /// <summary>Checks the probabilities of batches and texts of several lengths.</summary>
    internal static void AssertWindowIsTheEngine(OnnxCase example)
    {
        using InferenceSession session = example.Load(OnnxGraphKind.Window);
        foreach (int batch in new[] { 1, 7 })
        {
            foreach (int length in new[] { 1, 40, 200 })
            {
                long[][] ids = example.Ids(batch, length);
                AssertNear(example.Probabilities(ids).SelectMany(row => row[^1]), OnnxRun.Probabilities(session, ids));
            }
        }
    }

    private static void AssertNear(IEnumerable<float> expected, float[] actual)
    {
        float[] all = [.. expected];
        Assert.Equal(all.Length, actual.Length);
        double worst = all.Zip(actual, (one, other) => double.IsNaN(other) ? double.PositiveInfinity : Math.Abs((double)one - other)).Max();
        Assert.True(worst <= Tolerance, $"The probabilities differ by {worst:E2}.");
    }
}

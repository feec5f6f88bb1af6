using Aphorist.Model.Layers;
using Aphorist.Numerics;
using Aphorist.Reference;
using Xunit;

namespace Aphorist.Tests.Model.Layers;

/// <summary>The normalization alone, against the reference, for every vector width.</summary>
public sealed unsafe class LayerNormalizationTests
{
    private const int Rows = 3;
    private const float Guard = 12345;

    /// <summary>Kernels, and sizes around every vector width.</summary>
    public static TheoryData<string, int> KernelsAndSizes
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (InstructionSet set in InstructionSet.All)
                foreach (int size in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 100]) data.Add(set.Name, size);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(KernelsAndSizes))]
    public void ForwardAndBackward_AnySize_GiveTheReferencesValues(string kernel, int size) =>
        AssertSame(kernel, size, Numbers(size, Rows * size));

    [Theory]
    [MemberData(nameof(KernelsAndSizes))]
    public void ForwardAndBackward_UnitsAlike_StayFinite(string kernel, int size) =>
        AssertSame(kernel, size, [.. Enumerable.Repeat(0.25f, Rows * size)]);

    private static void AssertSame(string kernel, int size, float[] hidden)
    {
        float[] gain = Numbers(size + 1, size), bias = Numbers(size + 2, size), gradient = Numbers(size + 3, Rows * size);
        ReferenceParameters parameters = new(new() { VocabularySize = 2, HiddenSize = size, LayerNormalization = true });
        ReferenceParameters gradients = new(parameters.Spec);
        gain.Select(value => (double)value).ToArray().CopyTo(parameters["layer_norm.weight_l0"], 0);
        bias.Select(value => (double)value).ToArray().CopyTo(parameters["layer_norm.bias_l0"], 0);
        NormalizationRun reference = new(parameters, 0, Doubles(hidden, size));
        double[][] hiddenGradient = reference.Backward(Doubles(gradient, size), gradients);

        float[] outputs = [.. new float[Rows * size], Guard], back = [.. gradient, Guard], statistics = [.. new float[2 * Rows], Guard];
        float[] gainGradient = [.. new float[size], Guard], biasGradient = [.. new float[size], Guard];
        LayerNormalization normalization = LayerNormalization.Create(InstructionSet.Choose(kernel));
        fixed (float* h = hidden, g = gain, b = bias, y = outputs, d = back, s = statistics, dg = gainGradient, db = biasGradient)
        {
            normalization.Forward(h, g, b, y, s, Rows, size);
            normalization.Backward(h, s, g, d, dg, db, Rows, size);
        }

        double tolerance = Tolerance.OfChain(size + 8);
        Tolerance.AssertClose(reference.Outputs.SelectMany(row => row).ToArray(), outputs.AsSpan(0, Rows * size), tolerance, "outputs");
        // What is left of r d, whose factors here are at most 1, after the means are taken away: of two units almost nothing.
        for (int place = 0; place < Rows * size; place++)
            Tolerance.AssertClose(
                hiddenGradient[place / size][place % size], back[place], tolerance, scale: statistics[place / size * 2 + 1],
                "gradient of the unit", place);
        Tolerance.AssertClose(gradients["layer_norm.weight_l0"], gainGradient.AsSpan(0, size), tolerance, "gradient of the gain");
        Tolerance.AssertClose(gradients["layer_norm.bias_l0"], biasGradient.AsSpan(0, size), tolerance, "gradient of the bias");
        Assert.All((float[][])[outputs, back, statistics, gainGradient, biasGradient], values => Assert.Equal(Guard, values[^1]));
    }

    private static double[][] Doubles(float[] values, int size) => [.. values.Select(value => (double)value).Chunk(size)];

    private static float[] Numbers(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
    }
}

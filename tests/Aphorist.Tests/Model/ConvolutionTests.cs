using Aphorist.Model;
using Aphorist.Model.Layers;
using Aphorist.Numerics;
using Xunit;

namespace Aphorist.Tests.Model;

/// <summary>
/// A convolution computed at once, in pieces and step by step gives the same bits, because the order of the sums is the same.
/// </summary>
public sealed unsafe class ConvolutionTests
{
    private const int Steps = 90, Rows = 3, H = 19, V = 7;

    public static TheoryData<string> Kernels => [.. InstructionSet.All.Select(set => set.Name)];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Forward_WholeSequencesOrPiecesOrSteps_GivesTheSameBits(string kernel)
    {
        (int, int, int)[] shapes = [(0, 0, 2), (0, 0, 4), (5, 0, 3), (5, 1, 2), (5, 2, 3), (16, 3, 3)];
        foreach ((int embedding, int layer, int size) in shapes)
        {
            ModelSpec spec = new()
            {
                Architecture = Architecture.Convolution,
                HiddenSize = H,
                Layers = layer + 1,
                EmbeddingSize = embedding,
                KernelSize = size,
            };
            PackedWeights weights = new(ModelPair.Random(spec, V).Engine, InstructionSet.Choose(kernel));
            weights.Refresh();
            Inputs inputs = new(spec.InputSize(layer));
            float[] whole = Run(weights, layer, inputs, Steps);
            // A zero state read as one, pieces shorter and longer than what a kernel looks back on, and blocks of more steps than one.
            foreach (int piece in (int[])[Steps, 1, 4, 31])
                Assert.Equal(whole, Run(weights, layer, inputs, piece, new float[Rows * spec.StateSize(layer)]));
            Assert.Equal(whole, Advance(weights, layer, inputs));
        }
    }

    [Fact]
    public void Clear_OneText_LeavesTheOthersAndForgetsIt()
    {
        ModelSpec spec = new() { Architecture = Architecture.Convolution, HiddenSize = H, Layers = 3 };
        PackedWeights weights = new(ModelPair.Random(spec, V).Engine, InstructionSet.Current);
        weights.Refresh();
        InferenceLayer state = weights.Layers[2].CreateState(weights, 2), other = weights.Layers[2].CreateState(weights, 2);
        float[] outputs = Read(state, 9), again = Read(other, 9);
        Assert.Equal(outputs, again);
        state.Clear(1);
        Assert.Equal([.. outputs[..H], .. new float[H]], new ReadOnlySpan<float>(state.Output(0), 2 * H).ToArray());
        float[] goneOn = Read(state, 2), both = Read(other, 2);
        other.Clear();
        Assert.Equal([.. both[..H], .. Read(other, 2)[H..]], goneOn);

        static float[] Read(InferenceLayer state, int steps)
        {
            float[] input = new float[2 * H];
            for (int step = 0; step < steps; step++)
            {
                for (int place = 0; place < input.Length; place++) input[place] = MathF.Sin(step * 7 + place % H);
                fixed (float* vectors = input) state.Advance(LayerInput.Of(vectors), 0, 2);
            }

            return new ReadOnlySpan<float>(state.Output(0), 2 * H).ToArray();
        }
    }

    [Theory]
    [InlineData(6, 2, new[] { 1, 2, 4, 8, 16, 32 })]
    [InlineData(3, 3, new[] { 1, 3, 9 })]
    [InlineData(12, 2, new[] { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048 })]
    public void Dilation_OfEveryLayer_IsAPowerOfTheKernelSize(int layers, int kernel, int[] expected)
    {
        ModelSpec spec = new() { Architecture = Architecture.Convolution, Layers = layers, KernelSize = kernel };
        Assert.Equal(expected, Enumerable.Range(0, layers).Select(spec.Dilation));
        Assert.Equal(spec.ReceptiveField, 1 + Enumerable.Range(0, layers).Sum(layer => (kernel - 1) * spec.Dilation(layer)));
    }

    [Theory]
    [InlineData(Architecture.Convolution, 13, 2, "Layers is 13; it must be 1 to 12 for convolutions.")]
    [InlineData(Architecture.Convolution, 0, 2, "Layers is 0; it must be 1 to 12 for convolutions.")]
    [InlineData(Architecture.Lstm, 5, 2, "Layers is 5; it must be 1 to 4 for recurrent layers.")]
    [InlineData(Architecture.Gru, 5, 2, "Layers is 5; it must be 1 to 4 for recurrent layers.")]
    [InlineData(Architecture.Convolution, 1, 1, "KernelSize is 1; it must be 2 or more.")]
    [InlineData(
        Architecture.Convolution, 8, 3, "With Layers 8 and KernelSize 3 the convolutions see 6561 tokens, but 4096 is the maximum.")]
    [InlineData(Architecture.Convolution, 12, int.MaxValue, "but 4096 is the maximum.")]
    [InlineData(Architecture.Convolution, 12, int.MinValue, "it must be 2 or more.")]
    public void Create_LayersOrKernelOutOfRange_SaysWhich(Architecture architecture, int layers, int kernel, string problem)
    {
        ModelSpec spec = new() { Architecture = architecture, Layers = layers, KernelSize = kernel };
        string message = Assert.Throws<InvalidOptionsException>(() => LanguageModel.Create(spec, ModelPair.VocabularyOf(V))).Message;
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Create_ResidualConnections_SaysThatConvolutionsHaveThem(int layers)
    {
        ModelSpec spec = new() { Architecture = Architecture.Convolution, Layers = layers, Residual = true };
        string message = Assert.Throws<InvalidOptionsException>(() => LanguageModel.Create(spec, ModelPair.VocabularyOf(V))).Message;
        Assert.Contains("Convolutions always add their input to their output", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public void Backward_InputGradientOfAnotherCall_IsReplaced(int layer, bool lastOnly)
    {
        ModelSpec spec =
            new() { Architecture = Architecture.Convolution, HiddenSize = H, Layers = layer + 1, EmbeddingSize = 5, KernelSize = 3 };
        LanguageModel model = ModelPair.Random(spec, V).Engine;
        PackedWeights weights = new(model, InstructionSet.Current, forTraining: true);
        weights.Refresh();
        Inputs inputs = new(spec.InputSize(layer));
        TrainingLayer sequences = weights.Layers[layer].CreateLayer(weights, Rows, Steps);
        sequences.Forward(inputs.From(0), Steps, Rows, null);
        Assert.Equal(Backward(before: 0), Backward(before: float.NaN));

        float[] Backward(float before)
        {
            AlignedArray outputGradient = new((lastOnly ? 1 : Steps) * Rows * H);
            AlignedArray inputGradient = new(Steps * Rows * spec.InputSize(layer)), gradient = new(model.Parameters.Values.Length);
            for (int place = 0; place < outputGradient.Length; place++) outputGradient.Span[place] = MathF.Sin(place);
            inputGradient.Span.Fill(before);
            sequences.Backward(inputs.From(0), Steps, outputGradient.Pointer, lastOnly, inputGradient.Pointer, gradient.Pointer);
            GC.KeepAlive(outputGradient);
            GC.KeepAlive(gradient);
            return inputGradient.Span.ToArray();
        }
    }

    /// <summary>Returns the outputs of the layer, run in pieces of a number of steps. The state, if there is one, is carried.</summary>
    private static float[] Run(PackedWeights weights, int layer, Inputs inputs, int piece, float[]? state = null)
    {
        TrainingLayer sequences = weights.Layers[layer].CreateLayer(weights, Rows, piece);
        List<float> outputs = [];
        fixed (float* carried = state)
        {
            for (int step = 0; step < Steps; step += piece)
            {
                int steps = Math.Min(piece, Steps - step);
                sequences.Forward(inputs.From(step), steps, Rows, carried);
                outputs.AddRange(new ReadOnlySpan<float>(sequences.Output, steps * Rows * H));
            }
        }

        return [.. outputs];
    }

    /// <summary>The outputs of the layer, each text read step by step.</summary>
    private static float[] Advance(PackedWeights weights, int layer, Inputs inputs)
    {
        InferenceLayer state = weights.Layers[layer].CreateState(weights, Rows);
        List<float> outputs = [];
        for (int step = 0; step < Steps; step++)
        {
            state.Advance(inputs.From(step), 0, Rows);
            outputs.AddRange(new ReadOnlySpan<float>(state.Output(0), Rows * H));
        }

        return [.. outputs];
    }

    /// <summary>Random inputs of a layer, in memory that does not move.</summary>
    private sealed class Inputs
    {
        private readonly int size;
        private readonly AlignedArray vectors;
        private readonly int[] tokens = GC.AllocateArray<int>(Steps * Rows, pinned: true);

        public Inputs(int size)
        {
            Random random = new(1);
            (this.size, vectors) = (size, new AlignedArray(Steps * Rows * size));
            foreach (ref float value in vectors.Span) value = random.NextSingle() - 0.5f;
            foreach (ref int token in tokens.AsSpan()) token = random.Next(V);
        }

        public LayerInput From(int step) => size > 0
            ? LayerInput.Of(vectors.Pointer + step * Rows * size)
            : LayerInput.Of((int*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref tokens[step * Rows]));
    }
}

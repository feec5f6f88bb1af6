using Aphorist.Model.Layers;
using Aphorist.Numerics;
using Aphorist.Reference;
using Aphorist.Tests.Model;
using Aphorist.Tests.Reference;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>Loss and every gradient of stacks, embeddings, streams and dropout, against the reference, with every kernel.</summary>
public sealed class LayeredGradientTests
{
    private const int Characters = 11;

    public static TheoryData<string, Architecture, ResetGate, GateActivation> KernelsAndKinds
    {
        get
        {
            TheoryData<string, Architecture, ResetGate, GateActivation> data = [];
            foreach (InstructionSet set in InstructionSet.All)
                foreach (ModelSpec kind in LayerKinds.All) data.Add(set.Name, kind.Architecture, kind.ResetGate, kind.Gates);
            return data;
        }
    }

    /// <summary>
    /// Layers, embedding, hidden size, whether the embedding is tied, and a convolution's kernel: sizes below, at and above every vector
    /// width; kernels that look back within a sequence and beyond it.
    /// </summary>
    private static (int Layers, int Embedding, int Hidden, bool Tied, int Kernel)[] Stacks =>
    [
        (1, 0, 5, false, 4), (1, 7, 16, false, 3), (2, 0, 17, false, 3), (3, 20, 9, false, 3), (4, 3, 33, false, 2), (1, 16, 16, true, 2),
        (2, 9, 9, true, 5),
    ];

    [Theory]
    [MemberData(nameof(KernelsAndKinds))]
    public void Run_WindowsOfStacks_GivesTheReferencesLossAndGradients(
        string kernel, Architecture architecture, ResetGate reset, GateActivation gates)
    {
        foreach (ModelSpec spec in Specs(architecture, reset, gates))
        {
            ModelPair pair = ModelPair.Random(spec, Characters);
            RandomBatch batch = new(pair.Engine, 37);
            using TrainingStep step = new(
                pair.Engine, batch.Ids, new TrainingOptions { BatchSize = 37, Threads = 2 }, InstructionSet.Choose(kernel));
            double loss = step.Run(batch.Starts, spec.Window, number: 1, learningRate: 0).Loss;
            AssertSame(pair, batch.Reference, loss, step.Gradient, $"{kernel}, {spec}, windows");
        }
    }

    [Theory]
    [MemberData(nameof(KernelsAndKinds))]
    public void Run_StreamsOfStacks_CarryTheStateAndGiveTheReferencesLossAndGradients(
        string kernel, Architecture architecture, ResetGate reset, GateActivation gates)
    {
        foreach (ModelSpec spec in Specs(architecture, reset, gates)) AssertStream(kernel, spec, dropout: 0);
    }

    [Theory]
    [MemberData(nameof(KernelsAndKinds))]
    public void Run_StreamsWithDropout_GivesTheReferencesLossAndGradients(
        string kernel, Architecture architecture, ResetGate reset, GateActivation gates)
    {
        foreach (ModelSpec spec in Specs(architecture, reset, gates)) AssertStream(kernel, spec, dropout: 0.4);
    }

    [Theory]
    [MemberData(nameof(KernelsAndKinds))]
    public void Run_SaturatedGates_GivesTheReferencesLossAndGradients(
        string kernel, Architecture architecture, ResetGate reset, GateActivation gates)
    {
        ModelSpec spec = new() { Architecture = architecture, ResetGate = reset, Gates = gates, Layers = 2, HiddenSize = 21, Window = 7 };
        ModelPair pair = ModelPair.Of(WithLargeBiases(ModelPair.Random(spec, Characters).Engine));
        RandomBatch batch = new(pair.Engine, 37);
        using TrainingStep step = new(
            pair.Engine, batch.Ids, new TrainingOptions { BatchSize = 37, Threads = 2 }, InstructionSet.Choose(kernel));
        double loss = step.Run(batch.Starts, spec.Window, number: 1, learningRate: 0).Loss;
        AssertSame(pair, batch.Reference, loss, step.Gradient, $"{kernel}, {spec}, saturated gates");
        // Some of the hard sigmoids are clipped, and some are not.
        if (gates == GateActivation.HardSigmoid) Assert.InRange(FiniteDifferences.ClippedShare(pair.Reference, batch.Reference), 0.2, 0.8);
    }

    /// <summary>
    /// Large biases of the gates, but not of the candidate: where a tanh saturates, single precision says little about 1 - y^2.
    /// </summary>
    private static LanguageModel WithLargeBiases(LanguageModel model)
    {
        (int hidden, int candidate) = (model.Spec.HiddenSize, model.Spec.Architecture == Architecture.Convolution ? 0 : 2);
        foreach (LayerTensors layer in model.Layout.Layers)
        {
            Span<float> bias = model.Parameters.GetValues(layer.Bias);
            for (int place = 0; place < bias.Length; place++)
                if (place / hidden != candidate) bias[place] *= 8;
        }

        return model;
    }

    private static IEnumerable<ModelSpec> Specs(Architecture architecture, ResetGate reset, GateActivation gates) =>
        [.. PlainSpecs(architecture, reset, gates), .. PlainSpecs(architecture, reset, gates).SelectMany(Connected)];

    /// <summary>
    /// The same stack with layer normalization, with residual connections, and with both. Convolutions always have residual connections.
    /// </summary>
    private static IEnumerable<ModelSpec> Connected(ModelSpec spec) => spec.Layers == 1 || spec.Architecture == Architecture.Convolution
        ? [spec with { LayerNormalization = true }]
        :
        [
            spec with { LayerNormalization = true },
            spec with { Residual = true },
            spec with { Residual = true, LayerNormalization = true },
        ];

    private static IEnumerable<ModelSpec> PlainSpecs(Architecture architecture, ResetGate reset, GateActivation gates) =>
        Stacks.Select(stack => new ModelSpec
        {
            Architecture = architecture,
            ResetGate = reset,
            Layers = stack.Layers,
            EmbeddingSize = stack.Embedding,
            HiddenSize = stack.Hidden,
            TiedEmbedding = stack.Tied,
            KernelSize = stack.Kernel,
            Window = 7,
            Gates = gates,
        });

    /// <summary>Runs three batches of twenty streams, the last one shorter. The reference carries its own states.</summary>
    private static void AssertStream(string kernel, ModelSpec spec, double dropout)
    {
        const int Rows = 20;
        ModelPair pair = ModelPair.Random(spec, Characters);
        Random random = new(1);
        int[] ids = [.. Enumerable.Range(0, 2000).Select(_ => random.Next(Characters))];
        TrainingOptions options = new()
        {
            Objective = Objective.Stream,
            BatchSize = Rows,
            SequenceLength = 13,
            Threads = 2,
            Dropout = dropout,
            Seed = 5,
        };
        using TrainingStep step = new(pair.Engine, ids, options, InstructionSet.Choose(kernel));
        double[][][]? states = null;
        int position = 0;
        foreach ((int steps, int number) in ((int, int)[])[(13, 1), (13, 2), (6, 3)])
        {
            long[] starts = [.. Enumerable.Range(0, Rows).Select(row => row * 90L + position)];
            ReferenceBatch batch = ReferenceBatch.Stream([.. starts.Select(start =>
                ids[(int)start..((int)start + steps + 1)])], states) with
            {
                Masks = dropout == 0 ? null : Masks(spec, Rows, options, number),
            };
            double loss = step.Run(starts, steps, number, learningRate: 0).Loss;
            AssertSame(pair, batch, loss, step.Gradient, $"{kernel}, {spec}, stream, batch {number}");
            states = pair.Reference.FinalStates(batch);
            position += steps;
        }
    }

    /// <summary>The masks [rows][layers][H] of a step, drawn unit by unit as the engine documents it.</summary>
    private static double[][][] Masks(ModelSpec spec, int rows, TrainingOptions options, int number)
    {
        RandomStream random = new(options.Seed, RandomPurpose.Dropout, (uint)number);
        return [.. Enumerable.Range(0, rows).Select(row =>
            Enumerable.Range(0, spec.Layers).Select(layer => Enumerable.Range(0, spec.HiddenSize).Select(unit =>
        {
            int index = (layer * rows + row) * spec.HiddenSize + unit;
            return random.Uniform((ulong)index) < options.Dropout ? 0 : (double)(float)(1 / (1 - options.Dropout));
        }).ToArray()).ToArray())];
    }

    private static void AssertSame(ModelPair pair, ReferenceBatch batch, double loss, ReadOnlySpan<float> gradient, string what)
    {
        (double expected, ReferenceParameters gradients) = pair.Reference.LossAndGradients(batch, scale: 1.0 / batch.Predictions);
        ModelSpec spec = pair.Engine.Spec;
        double tolerance = Tolerance.OfChain(spec.HiddenSize * spec.Layers * batch.Tokens[0].Length);
        Tolerance.AssertClose(expected, loss, tolerance, 0, what + ", summed loss of", batch.Predictions);
        foreach (ParameterTensor tensor in pair.Engine.Parameters.Tensors)
            Tolerance.AssertClose(
                ModelPair.ToMemory(tensor, gradients[tensor.Name]),
                gradient.Slice(tensor.Offset, tensor.Length),
                tolerance,
                $"{what}, gradient of {tensor.Name}");
    }
}

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

    /// <summary>Every kernel with the index of every kind in <see cref="LayerKinds.All"/>.</summary>
    public static TheoryData<string, int> KernelsAndKinds =>
        [.. InstructionSet.All.SelectMany(set => Enumerable.Range(0, LayerKinds.All.Count).Select(kind => (set.Name, kind)))];

    /// <summary>Every kernel with the index of every kind that has gates.</summary>
    public static TheoryData<string, int> KernelsAndGatedKinds =>
    [
        .. from set in InstructionSet.All
           from kind in LayerKinds.All.Index()
           where kind.Item.Architecture != Architecture.Rnn
           select (set.Name, kind.Index),
    ];

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
    public void Run_WindowsOfStacks_GivesTheReferencesLossAndGradients(string kernel, int kind)
    {
        foreach (ModelSpec spec in Specs(LayerKinds.All[kind]))
        {
            ModelPair pair = FarFromKinks(spec, pair => [new RandomBatch(pair.Engine, 37).Reference]);
            RandomBatch batch = new(pair.Engine, 37);
            using TrainingStep step = new(
                pair.Engine, batch.Ids, new TrainingOptions { BatchSize = 37, Threads = 2 }, InstructionSet.Choose(kernel));
            double loss = step.Run(batch.Starts, spec.Window, number: 1, learningRate: 0).Loss;
            AssertSame(pair, batch.Reference, loss, step.Gradient, $"{kernel}, {spec}, windows");
        }
    }

    [Theory]
    [MemberData(nameof(KernelsAndKinds))]
    public void Run_StreamsOfStacks_CarryTheStateAndGiveTheReferencesLossAndGradients(string kernel, int kind)
    {
        foreach (ModelSpec spec in Specs(LayerKinds.All[kind])) AssertStream(kernel, spec, dropout: 0);
    }

    [Theory]
    [MemberData(nameof(KernelsAndKinds))]
    public void Run_StreamsWithDropout_GivesTheReferencesLossAndGradients(string kernel, int kind)
    {
        foreach (ModelSpec spec in Specs(LayerKinds.All[kind])) AssertStream(kernel, spec, dropout: 0.4);
    }

    [Theory]
    [MemberData(nameof(KernelsAndGatedKinds))]
    public void Run_SaturatedGates_GivesTheReferencesLossAndGradients(string kernel, int kind)
    {
        ModelSpec spec = LayerKinds.All[kind] with { Layers = 2, HiddenSize = 21, Window = 7 };
        ModelPair pair = ModelPair.Of(WithLargeBiases(ModelPair.Random(spec, Characters).Engine));
        RandomBatch batch = new(pair.Engine, 37);
        using TrainingStep step = new(
            pair.Engine, batch.Ids, new TrainingOptions { BatchSize = 37, Threads = 2 }, InstructionSet.Choose(kernel));
        double loss = step.Run(batch.Starts, spec.Window, number: 1, learningRate: 0).Loss;
        AssertSame(pair, batch.Reference, loss, step.Gradient, $"{kernel}, {spec}, saturated gates");
        // Some of the hard sigmoids are clipped, and some are not.
        if (spec.Gates == GateActivation.HardSigmoid)
            Assert.InRange(FiniteDifferences.ClippedShare(pair.Reference, batch.Reference), 0.2, 0.8);
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

    private static IEnumerable<ModelSpec> Specs(ModelSpec kind) => [.. PlainSpecs(kind), .. PlainSpecs(kind).SelectMany(Connected)];

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

    private static IEnumerable<ModelSpec> PlainSpecs(ModelSpec kind) =>
        Stacks.Select(stack => kind with
        {
            Layers = stack.Layers,
            EmbeddingSize = stack.Embedding,
            HiddenSize = stack.Hidden,
            TiedEmbedding = stack.Tied,
            KernelSize = stack.Kernel,
            Window = 7,
        });

    /// <summary>Runs three batches of twenty streams, the last one shorter. The reference carries its own states.</summary>
    private static void AssertStream(string kernel, ModelSpec spec, double dropout)
    {
        const int Rows = 20;
        (int Steps, int Number)[] steps = [(13, 1), (13, 2), (6, 3)];
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
        ModelPair pair = FarFromKinks(spec, Batches);
        using TrainingStep step = new(pair.Engine, ids, options, InstructionSet.Choose(kernel));
        foreach ((int index, ReferenceBatch batch) in Batches(pair).Index())
        {
            double loss = step.Run(StartsOf(index), steps[index].Steps, steps[index].Number, learningRate: 0).Loss;
            AssertSame(pair, batch, loss, step.Gradient, $"{kernel}, {spec}, stream, batch {steps[index].Number}");
        }

        long[] StartsOf(int index) => [.. Enumerable.Range(0, Rows).Select(row => row * 90L + steps[..index].Sum(one => one.Steps))];

        ReferenceBatch[] Batches(ModelPair pair)
        {
            double[][][]? states = null;
            ReferenceBatch[] batches = new ReferenceBatch[steps.Length];
            for (int index = 0; index < batches.Length; index++)
            {
                IEnumerable<int[]> rows = StartsOf(index).Select(start => ids[(int)start..((int)start + steps[index].Steps + 1)]);
                batches[index] = ReferenceBatch.Stream([.. rows], states) with
                {
                    Masks = dropout == 0 ? null : Masks(spec, Rows, options, steps[index].Number),
                };
                states = pair.Reference.FinalStates(batches[index]);
            }

            return batches;
        }
    }

    /// <summary>
    /// A random model. In single precision, a sum close to 0 can be on the other side of the kink of a relu, so models with such sums are
    /// skipped.
    /// </summary>
    private static ModelPair FarFromKinks(ModelSpec spec, Func<ModelPair, ReferenceBatch[]> batchesOf)
    {
        for (int seed = 1; ; seed++)
        {
            ModelPair pair = ModelPair.Random(spec, Characters, seed: seed);
            if (spec.Activation != Activation.Relu) return pair;
            if (batchesOf(pair).All(batch => FiniteDifferences.DistanceToKink(pair.Reference, batch) > 2e-6)) return pair;
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

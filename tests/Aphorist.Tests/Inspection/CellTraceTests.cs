using Aphorist.Inspection;
using Aphorist.Numerics;
using Aphorist.Reference;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Inspection;

/// <summary>The gates, the candidate and the state of a cell against the reference.</summary>
public sealed class CellTraceTests
{
    private const int Vocabulary = 23, Units = 19, Length = 40;

    public static TheoryData<string> Kernels => [.. InstructionSet.All.Select(set => set.Name)];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Create_LayersOfEveryKind_HasTheReferencesSignals(string kernel)
    {
        foreach (ModelSpec spec in Specs())
        {
            ModelPair pair = ModelPair.Random(spec, Vocabulary);
            int[] ids = RandomIds();
            SequenceRun expected = new(pair.Reference.Parameters, ids);
            for (int layer = 0; layer < spec.Layers; layer++)
            {
                int unit = 7 * (layer + 1) % Units;
                CellTrace actual = CellTrace.Create(
                    pair.Engine, ids, new(layer, unit), InstructionSet.Choose(kernel), TestContext.Current.CancellationToken);
                Assert.Equal(new CellIndex(layer, unit), actual.Cell);
                for (int token = 0; token < Length; token++)
                {
                    double[][] signals = expected.Signals(layer, token);
                    Assert.Equal(signals.Length, actual.Signals.Count);
                    foreach ((int index, CellSignal signal) in actual.Signals.Index())
                    {
                        Assert.Equal(Length, signal.Values.Count);
                        // A value is a sum over the layer: it is as exact as the largest ones.
                        Tolerance.AssertClose(
                            signals[index][unit], signal.Values[token], Tolerance.OfChain(Units * (token + 1)),
                            Math.Max(1, signals[index].Max(Math.Abs)), $"{signal.Name} of {spec}", token);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(Architecture.Lstm, "input", "forget", "candidate", "output", "cell", "hidden")]
    [InlineData(Architecture.Gru, "reset", "update", "candidate", "hidden")]
    [InlineData(Architecture.Convolution, "candidate", "output", "hidden")]
    [InlineData(Architecture.Rnn, "hidden")]
    public void Create_EveryArchitecture_NamesItsSignals(Architecture architecture, params string[] names)
    {
        ModelSpec spec = new() { Architecture = architecture, HiddenSize = 5 };
        LanguageModel model = LanguageModel.Create(spec, ModelPair.VocabularyOf(Vocabulary));
        CellTrace trace = CellTrace.Create(model, [1, 2], new(0, 0), TestContext.Current.CancellationToken);
        Assert.Equal(names, trace.Signals.Select(signal => signal.Name));
    }

    [Fact]
    public void Create_SameTextAsInspection_HasItsActivations()
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 6, Layers = 2 }, ModelPair.VocabularyOf(Vocabulary), seed: 3);
        int[] ids = RandomIds();
        CellInspection cells = CellInspection.Create(
            model, Corpus.FromText(model.Tokenizer.Decode(ids)), cancellationToken: TestContext.Current.CancellationToken);
        CellTrace trace = CellTrace.Create(model, ids, new(1, 4), TestContext.Current.CancellationToken);
        IReadOnlyList<float> memory = trace.Signals.Single(signal => signal.Name == "cell").Values;
        for (int token = 0; token < Length; token++)
            Assert.Equal(Math.Tanh(memory[token]), cells.GetActivation(token, new(1, 4)), 1e-5);
    }

    [Fact]
    public void Create_WhatDoesNotExist_IsRefused()
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 5 }, ModelPair.VocabularyOf(Vocabulary));
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        foreach (CellIndex cell in (CellIndex[])[new(1, 0), new(0, 5), new(-1, 0), new(0, -1)])
            Assert.Throws<ArgumentOutOfRangeException>(() => CellTrace.Create(model, [1], cell, cancellationToken));
        foreach (int id in (int[])[-1, Vocabulary])
            Assert.Throws<ArgumentOutOfRangeException>(() => CellTrace.Create(model, [id], new(0, 0), cancellationToken));
        Assert.ThrowsAny<OperationCanceledException>(() => CellTrace.Create(model, [1], new(0, 0), new CancellationToken(canceled: true)));
        Assert.All(CellTrace.Create(model, [], new(0, 0), cancellationToken).Signals, signal => Assert.Empty(signal.Values));
    }

    private static IEnumerable<ModelSpec> Specs()
    {
        foreach (ModelSpec kind in LayerKinds.All)
        {
            ModelSpec spec = kind with { HiddenSize = Units };
            yield return spec with { Layers = 2, EmbeddingSize = 5 };
            yield return LayerKinds.Connect(spec with { Layers = 3 });
        }
    }

    private static int[] RandomIds()
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, Length).Select(_ => random.Next(Vocabulary))];
    }
}

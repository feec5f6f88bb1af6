using Aphorist.Inspection;
using Aphorist.Numerics;
using Aphorist.Reference;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Inspection;

/// <summary>The cells and gates of every kind of layers against the reference.</summary>
public sealed class CellActivationTests
{
    private const int Vocabulary = 23;
    private const int Units = 37;
    private const int Length = 50;

    public static TheoryData<string> Kernels => [.. InstructionSet.All.Select(set => set.Name)];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Of_LayersOfEveryKind_HasTheReferencesCells(string kernel)
    {
        foreach (ModelSpec spec in Specs())
        {
            ModelPair pair = ModelPair.Random(spec, Vocabulary);
            (Corpus corpus, int[] ids) = RandomText(pair.Engine);
            SequenceRun expected = new(pair.Reference.Parameters, ids);
            CellInspection actual = Inspect(pair.Engine, corpus, kernel);
            Assert.Equal(spec.Layers * Units, actual.CellCount);
            for (int token = 0; token < Length; token++)
                Tolerance.AssertClose(
                    expected.Cells(token), actual.GetActivations(token), Tolerance.OfChain(Units * (token + 1)),
                    $"cells of {spec} after {token + 1} tokens");
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Of_LstmAndGru_CountsTheReferencesGates(string kernel)
    {
        foreach (ModelSpec spec in Specs().Where(spec => spec.Architecture is Architecture.Lstm or Architecture.Gru))
        {
            ModelPair pair = ModelPair.Random(spec, Vocabulary, deviation: 0.5);
            (Corpus corpus, int[] ids) = RandomText(pair.Engine);
            IReadOnlyList<GateSaturation> actual = Inspect(pair.Engine, corpus, kernel).Gates;
            // [layers][steps][gates][units].
            double[] gates = [.. new SequenceRun(pair.Reference.Parameters, ids).GateSums.Select(pair.Reference.Spec.Gate.Value)];
            int count = spec.Architecture == Architecture.Lstm ? 3 : 2;
            Assert.Equal(count * spec.Layers, actual.Count);
            foreach ((int index, GateSaturation saturation) in actual.Index())
            {
                (int layer, int gate) = Math.DivRem(index, count);
                Assert.Equal(layer, saturation.Layer);
                for (int unit = 0; unit < Units; unit++)
                {
                    double[] values =
                        [.. Enumerable.Range(0, Length).Select(step => gates[((layer * Length + step) * count + gate) * Units + unit])];
                    Assert.Equal(values.Count(value => value < 0.1) / (double)Length, saturation.LeftShares[unit], 1e-12);
                    Assert.Equal(values.Count(value => value > 0.9) / (double)Length, saturation.RightShares[unit], 1e-12);
                }

                Assert.InRange(saturation.LeftShare, 0.001, 0.999);
                Assert.InRange(saturation.RightShare, 0.001, 0.999);
            }
        }
    }

    [Theory]
    [InlineData(Architecture.Lstm, "input", "forget", "output")]
    [InlineData(Architecture.Gru, "reset", "update")]
    [InlineData(Architecture.Convolution, "output")]
    [InlineData(Architecture.Rnn)]
    public void Of_EveryArchitecture_NamesItsGates(Architecture architecture, params string[] names)
    {
        LanguageModel model =
            LanguageModel.Create(new() { Architecture = architecture, HiddenSize = 5, Layers = 2 }, ModelPair.VocabularyOf(Vocabulary));
        CellInspection inspection =
            CellInspection.Create(model, RandomText(model).Corpus, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(
            [.. names.Select(name => (0, name)), .. names.Select(name => (1, name))],
            inspection.Gates.Select(gate => (gate.Layer, gate.Gate)));
    }

    [Fact]
    public void Of_ConvolutionWhoseGatesAreForced_CountsThem()
    {
        LanguageModel model = LanguageModel.Create(
            new() { Architecture = Architecture.Convolution, HiddenSize = 2, Layers = 1 }, ModelPair.VocabularyOf(Vocabulary));
        // p of both units, then q: one gate far below its bound, one far above.
        float[] bias = [20, 20, -20, 20];
        bias.CopyTo(model.Parameters.GetValues(model.Layout.Layers[0].Bias));
        CellInspection inspection =
            CellInspection.Create(model, RandomText(model).Corpus, cancellationToken: TestContext.Current.CancellationToken);
        GateSaturation gate = Assert.Single(inspection.Gates);
        Assert.Equal([1, 0], gate.LeftShares);
        Assert.Equal([0, 1], gate.RightShares);
        Assert.Equal(1, inspection.GetActivation(0, new CellIndex(0, 1)), 1e-6);
    }

    private static IEnumerable<ModelSpec> Specs()
    {
        foreach (ModelSpec kind in LayerKinds.All)
        {
            ModelSpec spec = kind with { HiddenSize = Units };
            yield return spec;
            yield return spec with { Layers = 2, EmbeddingSize = 5 };
            yield return LayerKinds.Connect(spec with { Layers = 3 });
        }
    }

    private static (Corpus Corpus, int[] Ids) RandomText(LanguageModel model)
    {
        Random random = new(1);
        int[] ids = [.. Enumerable.Range(0, Length).Select(_ => random.Next(Vocabulary))];
        return (Corpus.FromText(model.Tokenizer.Decode(ids)), ids);
    }

    private static CellInspection Inspect(LanguageModel model, Corpus corpus, string kernel) =>
        CellInspection.Create(
            model, corpus, new() { Length = Length }, InstructionSet.Choose(kernel), progress: null, TestContext.Current.CancellationToken);
}

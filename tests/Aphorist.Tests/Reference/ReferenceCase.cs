using Aphorist.Reference;

namespace Aphorist.Tests.Reference;

/// <summary>A small random reference model, and random batches for it.</summary>
internal sealed class ReferenceCase(ReferenceSpec spec, int seed, double deviation = 0.7)
{
    private readonly Random random = new(seed);

    /// <summary>V 5, H 4, two layers; convolutions three wide, with gaps in the second.</summary>
    public static ReferenceSpec Small(ReferenceArchitecture architecture, int embeddingSize = 0) => new()
    {
        Architecture = architecture,
        VocabularySize = 5,
        EmbeddingSize = embeddingSize,
        HiddenSize = 4,
        Layers = 2,
        KernelSize = 3,
        Dilations = [1, 2],
        Gate = architecture == ReferenceArchitecture.Rnn ? Gate.Tanh : Gate.Sigmoid,
    };

    /// <summary>A model with new parameters.</summary>
    public ReferenceModel Model()
    {
        ReferenceParameters parameters = new(spec);
        parameters.FillNormal(random, deviation);
        return new ReferenceModel(parameters);
    }

    /// <summary>Windows from zero states, without dropout.</summary>
    public ReferenceBatch Windows(int rows, int steps) => ReferenceBatch.Windows([.. Rows(rows, steps)], Tokens(rows));

    /// <summary>Sequences from random states, with random masks, of which a quarter of the factors are 0.</summary>
    public ReferenceBatch Stream(int rows, int steps) =>
        ReferenceBatch.Stream([.. Rows(rows, steps + 1)], PerRow(rows, spec.StateSize)) with
        {
            Masks = [.. PerRow(rows, _ => spec.HiddenSize).Select(row => row.Select(Dropped).ToArray())],
        };

    private static double[] Dropped(double[] values) => [.. values.Select((value, unit) => unit % 4 == 2 ? 0 : 1.5 + value)];

    private IEnumerable<int[]> Rows(int rows, int steps) => Enumerable.Range(0, rows).Select(_ => Tokens(steps));

    private int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(spec.VocabularySize))];

    private double[][][] PerRow(int rows, Func<int, int> length) =>
        [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, spec.Layers).Select(layer => Numbers(length(layer))).ToArray())];

    private double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
}

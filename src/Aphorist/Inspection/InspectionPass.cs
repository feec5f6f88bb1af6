using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Inspection;

/// <summary>One pass over a text that accumulates statistics over all tokens and keeps the activations of the first ones.</summary>
internal sealed class InspectionPass
{
    // The number of tokens between two checks for cancellation.
    private const int BlockLength = 512;

    private readonly ModelSpec spec;
    private readonly IReadOnlyList<TextFeature> features;
    private readonly CellReader cells;
    private readonly FeatureReader featureReader;
    private readonly CorrelationSums correlations;
    private readonly GateCounts[] gates;
    private readonly float[] current, kept;
    private readonly double[][] keptFeatures;
    private readonly string[] pieces;
    private long read;

    /// <param name="model">The model.</param>
    /// <param name="instructionSet">The instruction set to compute with.</param>
    /// <param name="features">The features to correlate the cells with.</param>
    /// <param name="length">The number of tokens whose activations are kept.</param>
    public InspectionPass(LanguageModel model, InstructionSet instructionSet, IReadOnlyList<TextFeature> features, int length)
    {
        (spec, this.features) = (model.Spec, features);
        cells = new CellReader(model, instructionSet);
        AlignedArray.EnsureFits((double)length * cells.Count, "keep fewer tokens");
        featureReader = new FeatureReader(model.Tokenizer, features);
        correlations = new CorrelationSums(cells.Count, features.Count);
        gates = [.. Enumerable.Range(0, spec.Layers).SelectMany(layer => GateCounts.OfLayer(spec, layer))];
        current = new float[cells.Count];
        kept = new float[length * cells.Count];
        keptFeatures = [.. features.Select(_ => new double[length])];
        pieces = new string[length];
    }

    /// <summary>Reads the text from a token to the end.</summary>
    public void Read(TokenSequence ids, long start, Action<long> report, CancellationToken cancellationToken)
    {
        Span<int> block = stackalloc int[BlockLength];
        for (long place = start; place < ids.Count; place += BlockLength)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<int> tokens = block[..(int)Math.Min(BlockLength, ids.Count - place)];
            ids.Read(place, tokens);
            foreach (int id in tokens) Read(id);
            report(read);
        }
    }

    public CellInspection ToInspection() =>
        new(
            spec, read, pieces, kept,
            [.. features.Select((_, feature) => CorrelationsWith(feature))],
            [.. gates.Select(gate => gate.ToSaturation())]);

    private void Read(int id)
    {
        cells.Read(id);
        cells.CopyTo(current);
        string text = featureReader.Read(id);
        correlations.Add(current, featureReader.Values);
        foreach (GateCounts gate in gates) gate.Add(cells);
        if (read < pieces.Length) Keep((int)read, text);
        read++;
    }

    private void Keep(int token, string text)
    {
        pieces[token] = text;
        current.CopyTo(kept.AsSpan(token * current.Length));
        for (int feature = 0; feature < keptFeatures.Length; feature++) keptFeatures[feature][token] = featureReader.Values[feature];
    }

    private FeatureCorrelations CorrelationsWith(int feature)
    {
        IEnumerable<CellCorrelation> all = Enumerable.Range(0, cells.Count)
            .Select(cell => new CellCorrelation(
                new CellIndex(cell / spec.HiddenSize, cell % spec.HiddenSize), correlations.Of(cell, feature)))
            .Where(it => !double.IsNaN(it.Correlation))
            .OrderByDescending(it => Math.Abs(it.Correlation));
        return new FeatureCorrelations(features[feature], correlations.Varies(feature), [.. all], keptFeatures[feature]);
    }
}

using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Inspection;

/// <summary>
/// What the cells of a model do while it reads a text, after Karpathy, Johnson and Fei-Fei (Visualizing and Understanding Recurrent Networks, 2015). The state
/// is carried from token to token. A cell's value is tanh(c) for an LSTM, h for a GRU and a convolution.
/// </summary>
public sealed class CellInspection
{
    private readonly float[] activations;

    internal CellInspection(ModelSpec spec, long tokenCount, IReadOnlyList<string> pieces, float[] activations, IReadOnlyList<FeatureCorrelations> features, IReadOnlyList<GateSaturation> gates)
    {
        (Layers, Units, TokenCount, Pieces, this.activations, Features, Gates) = (spec.Layers, spec.HiddenSize, tokenCount, pieces, activations, features, gates);
    }

    /// <summary>The model's layers.</summary>
    public int Layers { get; }

    /// <summary>H, the cells of each layer.</summary>
    public int Units { get; }

    /// <summary>The cells of all layers.</summary>
    public int CellCount => Layers * Units;

    /// <summary>How many tokens were read; correlations and saturation are over all of them.</summary>
    public long TokenCount { get; }

    /// <summary>The text of each of the first tokens, whose activations were kept; empty for a byte that does not complete a character.</summary>
    public IReadOnlyList<string> Pieces { get; }

    /// <summary>For each feature how closely the cells follow it.</summary>
    public IReadOnlyList<FeatureCorrelations> Features { get; }

    /// <summary>For each gate of each layer, from below, how often it was saturated.</summary>
    public IReadOnlyList<GateSaturation> Gates { get; }

    /// <summary>Reads a text with a model. Memory does not grow with the text beyond the activations that are kept.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The text, normalised as the model's tokenizer says.</param>
    /// <param name="options">Where reading starts, how much is kept, and which features; all of the text and all features by default.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ArgumentException">Nothing is left to read, more is to be kept than an array holds, or an option is out of range.</exception>
    /// <exception cref="UnknownCharacterException">The text has a character that the model does not know.</exception>
    /// <exception cref="CorpusException">A text too large for memory cannot be read any more.</exception>
    public static CellInspection Create(LanguageModel model, Corpus corpus, InspectionOptions? options = null, CancellationToken cancellationToken = default) =>
        Create(model, corpus, options, InstructionSet.Current, progress: null, cancellationToken);

    /// <summary>Does the same with a certain instruction set, and tells how far it has come.</summary>
    internal static CellInspection Create(
        LanguageModel model, Corpus corpus, InspectionOptions? options, InstructionSet instructionSet, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        options ??= new InspectionOptions();
        options.Validate();
        TokenSequence ids = corpus.TokensOf(model.Tokenizer, cancellationToken: cancellationToken);
        if (ids.Count <= options.Start)
            throw new ArgumentException(FormattableString.Invariant($"'{corpus.Name}' has {ids.Count} tokens, so there is nothing to read from token {options.Start} on; give a longer text."));
        InspectionPass pass = new(model, instructionSet, options, (int)Math.Min(options.Length, ids.Count - options.Start));
        pass.Read(ids, options.Start, done => progress?.Report(new CorpusProgress(CorpusStage.Read, corpus.Name, done, ids.Count - options.Start)), cancellationToken);
        return pass.ToInspection();
    }

    /// <summary>The values [<see cref="CellCount"/>] of all cells, layer by layer, after one of the first tokens.</summary>
    /// <param name="token">Which of the <see cref="Pieces"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The activations of this token were not kept.</exception>
    public ReadOnlySpan<float> GetActivations(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, Pieces.Count);
        return activations.AsSpan(token * CellCount, CellCount);
    }

    /// <summary>The value of a cell after one of the first tokens.</summary>
    /// <param name="token">Which of the <see cref="Pieces"/>.</param>
    /// <param name="cell">The cell.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such cell, or the activations of this token were not kept.</exception>
    public float GetActivation(int token, CellIndex cell)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)cell.Layer, (uint)Layers, nameof(cell));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)cell.Unit, (uint)Units, nameof(cell));
        return GetActivations(token)[cell.Layer * Units + cell.Unit];
    }
}

using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Inspection;

/// <summary>
/// The activations of a model's cells while it reads a text, and the features of the text that they follow, after Karpathy, Johnson and Fei-Fei
/// (Visualizing and Understanding Recurrent Networks, 2015).
/// </summary>
/// <remarks>The state is carried from token to token. The value of a cell is tanh(c) for an LSTM, and h for a GRU and a convolution.</remarks>
public sealed class CellInspection
{
    private readonly float[] activations;

    internal CellInspection(
        ModelSpec spec, long tokenCount, IReadOnlyList<string> pieces, float[] activations, IReadOnlyList<FeatureCorrelations> features, IReadOnlyList<GateSaturation> gates)
    {
        (Layers, Units, TokenCount, Pieces, this.activations, Features, Gates) = (spec.Layers, spec.HiddenSize, tokenCount, pieces, activations, features, gates);
    }

    /// <summary>The number of layers.</summary>
    public int Layers { get; }

    /// <summary>The number of cells in each layer.</summary>
    public int Units { get; }

    /// <summary>The number of cells in all layers.</summary>
    public int CellCount => Layers * Units;

    /// <summary>The number of tokens that were read. Correlations and saturation are over all of them.</summary>
    public long TokenCount { get; }

    /// <summary>The text of each token whose activations were kept. It is empty for a byte that does not complete a character.</summary>
    public IReadOnlyList<string> Pieces { get; }

    /// <summary>For each feature, how closely the cells follow it.</summary>
    public IReadOnlyList<FeatureCorrelations> Features { get; }

    /// <summary>For each gate of each layer, how often it was saturated. The first layer comes first.</summary>
    public IReadOnlyList<GateSaturation> Gates { get; }

    /// <summary>Reads a text with a model. Memory does not grow with the length of the text, apart from the activations that are kept.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The text, normalized as the tokenizer of the model requires.</param>
    /// <param name="options">What to read, keep and compare with; the defaults of <see cref="InspectionOptions"/> if null.</param>
    /// <param name="progress">Receives the number of tokens read.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="OperationCanceledException">Reading was canceled.</exception>
    /// <exception cref="InvalidOptionsException">An option is out of range, or <see cref="InspectionOptions.Start"/> is past the end of the text.</exception>
    /// <exception cref="UnknownCharacterException">The text has a character that the model does not know.</exception>
    /// <exception cref="CorpusException">A text that is not in memory can no longer be read.</exception>
    public static CellInspection Create(
        LanguageModel model, Corpus corpus, InspectionOptions? options = null, IProgress<PreparationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Create(model, corpus, options, InstructionSet.Current, progress, cancellationToken);

    /// <summary>Reads a text with a given instruction set.</summary>
    internal static CellInspection Create(
        LanguageModel model, Corpus corpus, InspectionOptions? options, InstructionSet instructionSet, IProgress<PreparationProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        options ??= new InspectionOptions();
        options.Validate();
        TokenSequence ids = corpus.TokensOf(model.Tokenizer, cancellationToken: cancellationToken);
        if (ids.Count <= options.Start)
        {
            throw new InvalidOptionsException(
                FormattableString.Invariant($"'{corpus.Name}' has {ids.Count} tokens, so there is nothing to read from token {options.Start} on. Use a longer text."),
                nameof(options.Start));
        }

        InspectionPass pass = new(model, instructionSet, options, (int)Math.Min(options.Length, ids.Count - options.Start));
        pass.Read(ids, options.Start, done => progress?.Report(new PreparationProgress(corpus.Name, done, ids.Count - options.Start)), cancellationToken);
        return pass.ToInspection();
    }

    /// <summary>Returns the values of all cells, layer by layer, after a token.</summary>
    /// <param name="token">The index in <see cref="Pieces"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The activations of this token were not kept.</exception>
    public ReadOnlySpan<float> GetActivations(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, Pieces.Count);
        return activations.AsSpan(token * CellCount, CellCount);
    }

    /// <summary>Returns the value of a cell after a token.</summary>
    /// <param name="token">The index in <see cref="Pieces"/>.</param>
    /// <param name="cell">The cell.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such cell, or the activations of this token were not kept.</exception>
    public float GetActivation(int token, CellIndex cell)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)cell.Layer, (uint)Layers, nameof(cell));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)cell.Unit, (uint)Units, nameof(cell));
        return GetActivations(token)[cell.Layer * Units + cell.Unit];
    }
}

using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Inspection;

/// <summary>
/// The activations of a model's cells while it reads a text, and the correlations of the cells with features of the text (Karpathy, Johnson
/// and Fei-Fei, Visualizing and Understanding Recurrent Networks, 2015).
/// </summary>
/// <remarks>
/// The state is carried from token to token. The value of a cell is tanh(c) for an LSTM, and h for other layers.
/// </remarks>
public sealed class CellInspection
{
    private readonly float[] activations;

    internal CellInspection(
        ModelSpec spec, long tokenCount, IReadOnlyList<string> pieces, float[] activations, IReadOnlyList<FeatureCorrelations> features,
        IReadOnlyList<GateSaturation> gates)
    {
        (Layers, Units, TokenCount, Pieces, this.activations, Features, Gates) =
            (spec.Layers, spec.HiddenSize, tokenCount, pieces, activations, features, gates);
    }

    /// <summary>The number of layers.</summary>
    public int Layers { get; }

    /// <summary>The number of cells in each layer.</summary>
    public int Units { get; }

    /// <summary>The number of cells in all layers.</summary>
    public int CellCount => Layers * Units;

    /// <summary>The number of tokens that were read. Correlations and saturation are over all of them.</summary>
    public long TokenCount { get; }

    /// <summary>The text of each token whose activations are kept. It is empty for a byte that does not complete a character.</summary>
    public IReadOnlyList<string> Pieces { get; }

    /// <summary>The correlations of the cells with each feature.</summary>
    public IReadOnlyList<FeatureCorrelations> Features { get; }

    /// <summary>The saturation of each gate of each layer, starting with the first layer. Empty for an RNN, which has no gates.</summary>
    public IReadOnlyList<GateSaturation> Gates { get; }

    /// <summary>
    /// Reads a text with a model. Apart from the activations that are kept, memory use does not grow with the length of the text.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The text, normalized as the tokenizer of the model requires.</param>
    /// <param name="options">The part of the text and the features. The defaults of <see cref="InspectionOptions"/> if null.</param>
    /// <param name="progress">Receives the number of tokens read.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="OperationCanceledException">Reading was canceled.</exception>
    /// <exception cref="InvalidOptionsException">
    /// An option is out of range, or <see cref="InspectionOptions.Start"/> is past the end of the text.
    /// </exception>
    /// <exception cref="UnknownCharacterException">The text has a character that is not in the vocabulary.</exception>
    /// <exception cref="CorpusException">The file of the corpus can no longer be read.</exception>
    public static CellInspection Create(
        LanguageModel model, Corpus corpus, InspectionOptions? options = null, IProgress<CorpusProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Create(model, corpus, options, InstructionSet.Current, progress, cancellationToken);

    /// <summary>Reads a text with a given instruction set.</summary>
    internal static CellInspection Create(
        LanguageModel model, Corpus corpus, InspectionOptions? options, InstructionSet instructionSet, IProgress<CorpusProgress>? progress,
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
                FormattableString.Invariant($"'{corpus.Name}' has {Plural.Of(ids.Count, "token")}, so there is nothing to read ")
                + FormattableString.Invariant($"from token {options.Start} on. Use a longer text."),
                nameof(options.Start));
        }

        IReadOnlyList<TextFeature> features = options.Features ?? TextFeature.ForScripts(TextScripts.Of(corpus));
        InspectionPass pass = new(model, instructionSet, features, (int)Math.Min(options.Length, ids.Count - options.Start));
        pass.Read(
            ids, options.Start,
            done => progress?.Report(new CorpusProgress(CorpusStage.Read, corpus.Name, done, ids.Count - options.Start)),
            cancellationToken);
        return pass.ToInspection();
    }

    /// <summary>Returns the values of all cells after a token, layer by layer.</summary>
    /// <param name="token">The index in <see cref="Pieces"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The activations of this token are not kept.</exception>
    public ReadOnlySpan<float> GetActivations(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, Pieces.Count);
        return activations.AsSpan(token * CellCount, CellCount);
    }

    /// <summary>Returns the value of a cell after a token.</summary>
    /// <param name="token">The index in <see cref="Pieces"/>.</param>
    /// <param name="cell">The cell.</param>
    /// <exception cref="ArgumentOutOfRangeException">The cell does not exist, or the activations of this token are not kept.</exception>
    public float GetActivation(int token, CellIndex cell)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)cell.Layer, (uint)Layers, nameof(cell));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)cell.Unit, (uint)Units, nameof(cell));
        return GetActivations(token)[cell.Layer * Units + cell.Unit];
    }
}

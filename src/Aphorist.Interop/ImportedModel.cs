namespace Aphorist.Interop;

/// <summary>
/// A language model that another program trained. It has no vocabulary, because the files of these programs do not contain one.
/// </summary>
public abstract class ImportedModel
{
    // The default window of the library, for files that do not contain the input length.
    internal const int UsualWindow = 60;

    private protected ImportedModel(string name) => Name = name;

    /// <summary>The path of the file, or the name of the stream.</summary>
    public string Name { get; }

    /// <summary>The shape of the model.</summary>
    public abstract ModelSpec Spec { get; }

    /// <summary>The vocabulary size.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>
    /// The mode that the model was trained for, as far as the file tells: window for a model of Keras that is not stateful. It becomes
    /// <see cref="LanguageModel.TrainedMode"/>. <see cref="Check"/> measures both modes.
    /// </summary>
    public virtual GenerationMode TrainedMode => GenerationMode.Stateful;

    /// <summary>Creates a model with a tokenizer whose ids are those of the other program.</summary>
    /// <param name="tokenizer">
    /// The tokenizer, for example <see cref="CharacterTokenizer.Create"/> from the training text if the program sorted its characters.
    /// </param>
    /// <exception cref="ArgumentException">The vocabulary size of the tokenizer is not that of the model.</exception>
    public LanguageModel ToLanguageModel(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokenizer.VocabularySize != VocabularySize) throw Mismatch(tokenizer.VocabularySize);
        return ToLanguageModel(tokenizer, [.. Enumerable.Range(0, tokenizer.VocabularySize)]);
    }

    /// <summary>
    /// Creates a model with a vocabulary whose ids differ in the other program. The parameters are reordered for the tokenizer.
    /// </summary>
    /// <param name="vocabulary">The characters and their ids in the other program.</param>
    /// <exception cref="ArgumentException">The vocabulary size is not that of the model.</exception>
    public LanguageModel ToLanguageModel(ImportedVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return ToLanguageModel(vocabulary.Tokenizer, vocabulary.PlacesIn(VocabularySize) ?? throw Mismatch(vocabulary.Size));
    }

    /// <summary>
    /// Checks whether a vocabulary is that of the model: the model must predict a text better than the frequencies of its characters do,
    /// and better than with another usual order of the characters or with two of them exchanged.
    /// </summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="corpus">A text like those that the model was trained on, normalized in the same way. A sample of it is read.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <exception cref="ArgumentException">The vocabulary size is not that of the model.</exception>
    /// <exception cref="OperationCanceledException">The check was canceled.</exception>
    public ImportCheck Check(ImportedVocabulary vocabulary, Corpus corpus, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        return VocabularyTrial.Run(this, ToLanguageModel(vocabulary), vocabulary, corpus, cancellationToken);
    }

    /// <summary>Sets the parameters and the origin of a model.</summary>
    /// <param name="model">A model of shape <see cref="Spec"/> whose parameters are 0.</param>
    /// <param name="places">The other program's id of each token of the model. Tokens of the other program may be missing.</param>
    private protected abstract void Fill(LanguageModel model, ReadOnlySpan<int> places);

    private LanguageModel ToLanguageModel(Tokenizer tokenizer, ReadOnlySpan<int> places)
    {
        LanguageModel model = LanguageModel.CreateEmpty(Spec, tokenizer);
        model.TrainedMode = TrainedMode;
        Fill(model, places);
        return model;
    }

    private ArgumentException Mismatch(int size) => new(
        FormattableString.Invariant($"The vocabulary has {size} tokens, but the model of '{Name}' has {VocabularySize}: ")
        + "use the vocabulary that it was trained with.");
}

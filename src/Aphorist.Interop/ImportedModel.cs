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

    /// <summary>Creates a model with a tokenizer whose ids are those of the other program.</summary>
    /// <param name="tokenizer">
    /// The tokenizer, for example <see cref="CharacterTokenizer.Create"/> from the training text if the program sorted its characters.
    /// </param>
    /// <exception cref="ArgumentException">The vocabulary size of the tokenizer is not that of the model.</exception>
    public LanguageModel ToLanguageModel(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return ToLanguageModel(tokenizer, [.. Enumerable.Range(0, tokenizer.VocabularySize)]);
    }

    /// <summary>
    /// Creates a model with a vocabulary whose ids differ in the other program. The parameters are reordered for the tokenizer.
    /// </summary>
    /// <param name="vocabulary">The characters and their ids in the other program.</param>
    /// <exception cref="ArgumentException">The number of characters is not the vocabulary size of the model.</exception>
    public LanguageModel ToLanguageModel(ImportedVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return ToLanguageModel(vocabulary.Tokenizer, vocabulary.Places);
    }

    /// <summary>Sets the parameters and the origin of a model.</summary>
    /// <param name="model">A model of shape <see cref="Spec"/> whose parameters are 0.</param>
    /// <param name="places">The other program's id of each token of the model.</param>
    private protected abstract void Fill(LanguageModel model, ReadOnlySpan<int> places);

    private LanguageModel ToLanguageModel(Tokenizer tokenizer, ReadOnlySpan<int> places)
    {
        if (tokenizer.VocabularySize != VocabularySize)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"The vocabulary has {tokenizer.VocabularySize} tokens, but the model of '{Name}' has ")
                + FormattableString.Invariant($"{VocabularySize}: use the vocabulary that it was trained with."));
        }

        LanguageModel model = LanguageModel.CreateEmpty(Spec, tokenizer);
        Fill(model, places);
        return model;
    }
}

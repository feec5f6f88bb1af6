namespace Aphorist.Interop;

/// <summary>A model of text that another program trained, in memory. It has no vocabulary, since the files of these programs hold none.</summary>
public abstract class ImportedModel
{
    // The notebook's window, where a file does not say how far its model looks back.
    internal const int UsualWindow = 60;

    private protected ImportedModel(string name) => Name = name;

    /// <summary>What the file is called.</summary>
    public string Name { get; }

    /// <summary>The model's shape.</summary>
    public abstract ModelSpec Spec { get; }

    /// <summary>The tokens that the model reads and predicts.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The model, with a tokenizer whose ids are the other program's numbers of the tokens.</summary>
    /// <param name="tokenizer">The tokenizer, such as <see cref="CharacterTokenizer.Create"/> the corpus where the characters were sorted.</param>
    /// <exception cref="ArgumentException">The tokenizer has not as many tokens as the model.</exception>
    public LanguageModel ToLanguageModel(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return ToLanguageModel(tokenizer, [.. Enumerable.Range(0, tokenizer.VocabularySize)]);
    }

    /// <summary>The model, with a vocabulary in the other program's order, which becomes ours.</summary>
    /// <param name="vocabulary">The characters by the other program's numbers.</param>
    /// <exception cref="ArgumentException">The vocabulary has not as many characters as the model has tokens.</exception>
    public LanguageModel ToLanguageModel(ImportedVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return ToLanguageModel(vocabulary.Tokenizer, vocabulary.Places);
    }

    /// <summary>Puts the weights into a model, and says where they came from.</summary>
    /// <param name="model">A model of <see cref="Spec"/> whose parameters are zeros.</param>
    /// <param name="places">The other program's number of each token of the model.</param>
    private protected abstract void Fill(LanguageModel model, ReadOnlySpan<int> places);

    private LanguageModel ToLanguageModel(Tokenizer tokenizer, ReadOnlySpan<int> places)
    {
        if (tokenizer.VocabularySize != VocabularySize)
            throw new ArgumentException(FormattableString.Invariant($"The vocabulary has {tokenizer.VocabularySize} tokens, but the model of '{Name}' has {VocabularySize}: give the vocabulary that it was trained with."));
        LanguageModel model = LanguageModel.CreateEmpty(Spec, tokenizer);
        Fill(model, places);
        return model;
    }
}

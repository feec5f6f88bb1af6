using Aphorist.Model;
using Aphorist.Text;

namespace Aphorist.Interop;

/// <summary>A model of text that another program trained, in memory. It has no vocabulary, since the files of these programs hold none.</summary>
public interface IImportedModel
{
    /// <summary>What the file is called.</summary>
    string Name { get; }

    /// <summary>The model's shape.</summary>
    ModelSpec Spec { get; }

    /// <summary>The tokens that the model reads and predicts.</summary>
    int VocabularySize { get; }

    /// <summary>The model, with a tokenizer whose ids are the other program's numbers of the tokens.</summary>
    /// <exception cref="ArgumentException">The tokenizer has not as many tokens as the model.</exception>
    LanguageModel ToLanguageModel(ITokenizer tokenizer);

    /// <summary>The model, with a vocabulary in the other program's order, which becomes ours.</summary>
    /// <exception cref="ArgumentException">The vocabulary has not as many characters as the model has tokens.</exception>
    LanguageModel ToLanguageModel(ImportedVocabulary vocabulary);
}

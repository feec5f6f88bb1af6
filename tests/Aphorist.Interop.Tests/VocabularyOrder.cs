using Aphorist.Generation;
using Aphorist.Model;
using Aphorist.Text;
using Xunit;

namespace Aphorist.Interop.Tests;

/// <summary>A model's vocabulary may come in any order.</summary>
internal static class VocabularyOrder
{
    private const string Sorted = "abcdefg", Permuted = "dgabcfe";

    /// <summary>Checks that a model of seven tokens predicts the same for the same numbers, whichever characters they stand for.</summary>
    public static void AssertIsOfNoMatter(ImportedModel imported)
    {
        LanguageModel sorted = imported.ToLanguageModel(Vocabulary.FromCharacters(Sorted)), permuted = imported.ToLanguageModel(ImportedVocabulary.FromCharacters(Permuted));
        using GenerationSession expected = new TextGenerator(sorted).Begin(), actual = new TextGenerator(permuted).Begin();
        foreach (int id in new[] { 3, 0, 6, 1 })
        {
            expected.Read(Sorted[id].ToString());
            actual.Read(Permuted[id].ToString());
        }

        double[] predicted = expected.Predict().LogProbabilities.ToArray(), others = actual.Predict().LogProbabilities.ToArray();
        for (int id = 0; id < predicted.Length; id++) Assert.Equal(predicted[id], others[permuted.Tokenizer.Encode(Permuted[id].ToString())[0]], 1e-6);
    }
}

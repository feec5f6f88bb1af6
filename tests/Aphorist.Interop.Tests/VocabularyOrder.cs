using Xunit;

namespace Aphorist.Interop.Tests;

/// <summary>A model's vocabulary may come in any order.</summary>
internal static class VocabularyOrder
{
    private const string Sorted = "abcdefg", Permuted = "dgabcfe";

    /// <summary>Checks that a model of seven tokens predicts the same for the same numbers, whichever characters they stand for.</summary>
    public static void AssertIsOfNoMatter(ImportedModel imported)
    {
        LanguageModel sorted = imported.ToLanguageModel(CharacterTokenizer.FromCharacters(Sorted)),
            permuted = imported.ToLanguageModel(ImportedVocabulary.FromCharacters(Permuted));
        using GenerationSession expected = new TextGenerator(sorted, GenerationMode.Stateful).CreateSession(),
            actual = new TextGenerator(permuted, GenerationMode.Stateful).CreateSession();
        foreach (int id in new[] { 3, 0, 6, 1 })
        {
            expected.Append(Sorted[id].ToString());
            actual.Append(Permuted[id].ToString());
        }

        double[] predicted = expected.Predict().LogProbabilities.ToArray(), others = actual.Predict().LogProbabilities.ToArray();
        for (int id = 0; id < predicted.Length; id++)
            Assert.Equal(predicted[id], others[permuted.Tokenizer.Encode(Permuted[id].ToString())[0]], 1e-6);
    }
}

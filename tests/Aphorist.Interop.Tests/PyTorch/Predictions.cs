using Aphorist.Reference;
using Xunit;

namespace Aphorist.Interop.Tests.PyTorch;

/// <summary>Compares what models predict after each token of a text.</summary>
internal static class Predictions
{
    // Single precision through twelve steps of a few units; one gate in another's place changes log-probabilities by tenths.
    private const double Allowed = 2e-5;

    private static readonly int[] Ids = [3, 1, 4, 1, 5, 2, 6, 5, 3, 5, 0, 2];

    public static void AssertAre(ReferenceModel expected, LanguageModel model)
    {
        using GenerationSession session = new TextGenerator(model, GenerationMode.Stateful).CreateSession();
        for (int length = 1; length <= Ids.Length; length++)
        {
            session.Append(Ids[length - 1]);
            double[] logits = expected.Logits(Ids.AsSpan(0, length));
            ReadOnlySpan<double> actual = session.Predict().LogProbabilities;
            for (int id = 0; id < logits.Length; id++) Assert.Equal(-Softmax.CrossEntropy(logits, id), actual[id], Allowed);
        }
    }
}

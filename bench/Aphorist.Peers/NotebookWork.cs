using Aphorist.Training;

namespace Aphorist.Peers;

/// <summary>The notebook's sizes, with a text made up for the purpose: how long a step takes does not depend on what is written.</summary>
internal static class NotebookWork
{
    public const int VocabularySize = 57;
    public const int BatchSize = 128;
    public const float LearningRate = 0.01f;

    private const int TextLength = 100_000;

    /// <summary>The notebook's model but with logistic gates, which are the ones that PyTorch has.</summary>
    public static ModelSpec Spec { get; } = ModelSpec.Notebook with { Gates = GateActivation.Sigmoid };

    public static string Text { get; } = MakeText();

    public static LanguageModel CreateModel() => LanguageModel.Create(Spec, Vocabulary.FromCharacters(Text), seed: 1);

    /// <summary>The starts of the windows of some batches, over and over the same.</summary>
    public static long[][] Batches(int count)
    {
        Random random = new(2);
        return [.. Enumerable.Range(0, count).Select(_ => Starts(random))];
    }

    private static long[] Starts(Random random) =>
        [.. Enumerable.Range(0, BatchSize).Select(_ => (long)random.Next(TextLength - Spec.Window))];

    private static string MakeText()
    {
        Random random = new(1);
        return string.Create(TextLength, random, (text, source) =>
        {
            for (int index = 0; index < text.Length; index++) text[index] = (char)('A' + (index < VocabularySize ? index : source.Next(VocabularySize)));
        });
    }
}

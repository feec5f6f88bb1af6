namespace Aphorist.Peers;

/// <summary>The sizes of the `notebook` preset and a random text. The time of a step does not depend on the text.</summary>
internal static class NotebookSetup
{
    public const int VocabularySize = 57;
    public const int BatchSize = 128;
    public const float LearningRate = 0.01f;

    private const int TextLength = 100_000;

    /// <summary>The shape of the `notebook` preset with logistic gates, because PyTorch has no others.</summary>
    public static ModelSpec Spec { get; } = ModelSpec.Notebook with { Gates = GateActivation.Sigmoid };

    public static string Text { get; } = CreateText();

    public static LanguageModel CreateModel() => LanguageModel.Create(Spec, CharacterTokenizer.FromCharacters(Text), seed: 1);

    /// <summary>Returns the starts of the windows of a number of batches. The result is always the same.</summary>
    public static long[][] Batches(int count)
    {
        Random random = new(2);
        return [.. Enumerable.Range(0, count).Select(_ => Starts(random))];
    }

    private static long[] Starts(Random random) =>
        [.. Enumerable.Range(0, BatchSize).Select(_ => (long)random.Next(TextLength - Spec.Window))];

    private static string CreateText()
    {
        Random random = new(1);
        return string.Create(TextLength, random, (text, source) =>
        {
            for (int index = 0; index < text.Length; index++)
                text[index] = (char)('A' + (index < VocabularySize ? index : source.Next(VocabularySize)));
        });
    }
}

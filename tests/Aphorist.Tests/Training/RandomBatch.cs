using Aphorist.Reference;

namespace Aphorist.Tests.Training;

/// <summary>A random corpus and the starts of random windows in it, in the forms that engine and reference take.</summary>
internal sealed class RandomBatch
{
    public RandomBatch(LanguageModel model, int batchSize, int seed = 1)
    {
        Random random = new(seed);
        int window = model.Spec.Window, length = window + 3 * batchSize + 10;
        Ids = [.. Enumerable.Range(0, length).Select(_ => random.Next(model.Tokenizer.VocabularySize))];
        Starts = [.. Enumerable.Range(0, batchSize).Select(_ => (long)random.Next(length - window))];
        Windows = [.. Starts.Select(start => Ids[(int)start..((int)start + window)])];
        Targets = [.. Starts.Select(start => Ids[start + window])];
    }

    public int[] Ids { get; }

    public long[] Starts { get; }

    public int[][] Windows { get; }

    public int[] Targets { get; }

    /// <summary>The batch as the reference takes it.</summary>
    public ReferenceBatch Reference => ReferenceBatch.Windows(Windows, Targets);
}

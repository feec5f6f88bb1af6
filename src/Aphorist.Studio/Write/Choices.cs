namespace Aphorist.Studio.Write;

/// <summary>What a model expects at a place of a text, and what the settings make of it.</summary>
public sealed class Choices
{
    private readonly int[] order;

    internal Choices(int place, Tokenizer tokenizer, IReadOnlyList<SamplingStep> steps)
    {
        (Place, Tokenizer, Steps) = (place, tokenizer, steps);
        order = [.. Enumerable.Range(0, tokenizer.VocabularySize)];
        double[] keys = new double[order.Length];
        for (int id = 0; id < keys.Length; id++) keys[id] = -steps[0].Probabilities[id];
        // Equally likely tokens are in the order of their ids, as the sampler orders them.
        Array.Sort(order, (left, right) => keys[left] != keys[right] ? keys[left].CompareTo(keys[right]) : left.CompareTo(right));
    }

    /// <summary>The number of units before the place.</summary>
    public int Place { get; }

    public Tokenizer Tokenizer { get; }

    /// <summary>The probabilities of the model, and after each step of sampling.</summary>
    public IReadOnlyList<SamplingStep> Steps { get; }

    /// <summary>All tokens, the model's most likely one first.</summary>
    public IReadOnlyList<int> Order => order;

    /// <summary>The step that has removed a token; null if it can still be drawn.</summary>
    public SamplingStepKind? RemovedBy(int id)
    {
        foreach (SamplingStep step in Steps)
            if (step.Probabilities[id] == 0) return step.Kind;
        return null;
    }
}

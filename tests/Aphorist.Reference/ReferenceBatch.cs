namespace Aphorist.Reference;

/// <summary>What a model learns from at a time. Each row is a sequence of its own.</summary>
/// <param name="Tokens">[rows][steps].</param>
/// <param name="Targets">[rows][predictions]: what comes after each of the last so many steps; before those nothing is predicted.</param>
public sealed record ReferenceBatch(int[][] Tokens, int[][] Targets)
{
    /// <summary>
    /// [rows][layers][<see cref="ReferenceSpec.StateSize"/>]: what the layers remember from before. Zeros if null. No gradient flows into them.
    /// </summary>
    public double[][][]? States { get; init; }

    /// <summary>[rows][layers][H]: dropout, the factors by which what a layer outputs is multiplied, the same at all steps. Ones if null.</summary>
    public double[][][]? Masks { get; init; }

    /// <summary>How many losses are summed.</summary>
    public int Predictions => Targets.Sum(row => row.Length);

    /// <summary>The objective `windows`: one prediction after each window.</summary>
    public static ReferenceBatch Windows(int[][] windows, int[] targets) => new(windows, [.. targets.Select(target => new[] { target })]);

    /// <summary>The objective `stream`: sequences of steps + 1 tokens, of which each but the first is predicted.</summary>
    public static ReferenceBatch Stream(int[][] sequences, double[][][]? states = null) =>
        new([.. sequences.Select(row => row[..^1])], [.. sequences.Select(row => row[1..])]) { States = states };
}

namespace Aphorist.Reference;

/// <summary>A batch of independent sequences, one per row.</summary>
/// <param name="Tokens">The token ids, [rows][steps].</param>
/// <param name="Targets">The next tokens after the last steps, [rows][predictions]. Earlier steps predict nothing.</param>
public sealed record ReferenceBatch(int[][] Tokens, int[][] Targets)
{
    /// <summary>
    /// The initial states of the layers, [rows][layers][<see cref="ReferenceSpec.StateSize"/>]. Zero if null. They get no gradient.
    /// </summary>
    public double[][][]? States { get; init; }

    /// <summary>
    /// Dropout: the factors of the outputs of the layers, [rows][layers][H], the same at all steps. One if null.
    /// </summary>
    public double[][][]? Masks { get; init; }

    /// <summary>The number of predictions.</summary>
    public int Predictions => Targets.Sum(row => row.Length);

    /// <summary>Creates a batch of the objective `windows`: one prediction after each window.</summary>
    public static ReferenceBatch Windows(int[][] windows, int[] targets) => new(windows, [.. targets.Select(target => new[] { target })]);

    /// <summary>
    /// Creates a batch of the objective `stream`: all tokens but the first of each sequence of steps + 1 tokens are predicted.
    /// </summary>
    public static ReferenceBatch Stream(int[][] sequences, double[][][]? states = null) =>
        new([.. sequences.Select(row => row[..^1])], [.. sequences.Select(row => row[1..])]) { States = states };
}

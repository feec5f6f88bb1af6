namespace Aphorist.Reference;

/// <summary>The whole model on batches of sequences: tokens, an optional embedding, layers, decoder, softmax, cross-entropy.</summary>
public sealed class ReferenceModel(ReferenceParameters parameters)
{
    public ReferenceParameters Parameters { get; } = parameters;

    public ReferenceSpec Spec => Parameters.Spec;

    /// <summary>Returns the logits D h + bias of the token after a text, starting from zero states. h is 0 for an empty text.</summary>
    public double[] Logits(ReadOnlySpan<int> text) =>
        text.IsEmpty ? [.. Parameters["decoder.bias"]] : new SequenceRun(Parameters, text.ToArray()).Logits(text.Length - 1);

    /// <summary>Returns the summed cross-entropy of a batch in nats.</summary>
    public double Loss(ReferenceBatch batch) => Runs(batch).Select((run, row) => LossOf(run, batch, row)).Sum();

    /// <summary>Returns the states after a batch, [rows][layers][state], with which the next batch of a stream starts.</summary>
    public double[][][] FinalStates(ReferenceBatch batch) => [.. Runs(batch).Select(run => run.FinalStates)];

    /// <summary>Returns the arguments of <see cref="ReferenceSpec.Gate"/> in all layers at all steps.</summary>
    public IEnumerable<double> GateSums(ReferenceBatch batch) => Runs(batch).SelectMany(run => run.GateSums);

    /// <summary>
    /// Returns the summed cross-entropy of a batch in nats, and the gradients of that sum times <paramref name="scale"/>. With the scale
    /// 1 / predictions they are the gradients of the mean.
    /// </summary>
    public (double Loss, ReferenceParameters Gradients) LossAndGradients(ReferenceBatch batch, double scale = 1)
    {
        ReferenceParameters gradients = new(Spec);
        double loss = 0;
        foreach ((int row, SequenceRun run) in Runs(batch).Index())
        {
            loss += LossOf(run, batch, row);
            run.Backward([.. Predictions(run, batch, row).Select(it => LogitGradient(it.Logits, it.Target, scale))], gradients);
        }

        return (loss, gradients);
    }

    private IEnumerable<SequenceRun> Runs(ReferenceBatch batch) =>
        batch.Tokens.Select((tokens, row) => new SequenceRun(Parameters, tokens, batch.States?[row], batch.Masks?[row]));

    private static double LossOf(SequenceRun run, ReferenceBatch batch, int row) =>
        Predictions(run, batch, row).Sum(it => Softmax.CrossEntropy(it.Logits, it.Target));

    private static double[] LogitGradient(double[] logits, int target, double scale) =>
        [.. Softmax.CrossEntropyGradient(logits, target).Select(value => value * scale)];

    // Only the last steps have targets.
    private static IEnumerable<(double[] Logits, int Target)> Predictions(SequenceRun run, ReferenceBatch batch, int row)
    {
        int first = batch.Tokens[row].Length - batch.Targets[row].Length;
        return batch.Targets[row].Select((target, index) => (run.Logits(first + index), target));
    }
}

namespace Aphorist.Reference;

/// <summary>The whole model over batches of sequences: tokens, an embedding or none, layers, decoder, softmax, cross-entropy.</summary>
public sealed class ReferenceModel(ReferenceParameters parameters)
{
    public ReferenceParameters Parameters { get; } = parameters;

    public ReferenceSpec Spec => Parameters.Spec;

    /// <summary>The logits of the token after a text that begins from zero states: D h + bias, with h = 0 for an empty text.</summary>
    public double[] Logits(ReadOnlySpan<int> text) =>
        text.IsEmpty ? [.. Parameters["decoder.bias"]] : new SequenceRun(Parameters, text.ToArray()).Logits(text.Length - 1);

    /// <summary>Summed cross-entropy of a batch, in nats.</summary>
    public double Loss(ReferenceBatch batch) => Runs(batch).Select((run, row) => LossOf(run, batch, row)).Sum();

    /// <summary>[rows][layers][state]: what the layers remember after a batch, which is where the next one of a stream begins.</summary>
    public double[][][] FinalStates(ReferenceBatch batch) => [.. Runs(batch).Select(run => run.FinalStates)];

    /// <summary>What <see cref="ReferenceSpec.Gate"/> is applied to, in all layers at all steps.</summary>
    public IEnumerable<double> GateSums(ReferenceBatch batch) => Runs(batch).SelectMany(run => run.GateSums);

    /// <summary>
    /// The summed cross-entropy of a batch in nats, and the gradients of that sum times <paramref name="scale"/>: 1 / predictions for those of the mean.
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

    // There are as many targets as steps at whose end something is predicted, and these are the last ones.
    private static IEnumerable<(double[] Logits, int Target)> Predictions(SequenceRun run, ReferenceBatch batch, int row)
    {
        int first = batch.Tokens[row].Length - batch.Targets[row].Length;
        return batch.Targets[row].Select((target, index) => (run.Logits(first + index), target));
    }
}

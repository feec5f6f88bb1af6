using Aphorist.Training;

namespace Aphorist.Cli.Commands.Plot;

/// <summary>The losses of one run.</summary>
/// <param name="Name">What the legend calls the run.</param>
/// <param name="Epochs">Its epochs, in order.</param>
internal sealed record LossCurve(string Name, IReadOnlyList<EpochCompleted> Epochs)
{
    public bool HasValidation => Epochs.Any(epoch => epoch.ValidationLoss is not null);

    /// <summary>The training loss of each epoch; one that is not finite cannot be drawn and is left out.</summary>
    public (double[] Positions, double[] Losses) Training(LossAxis axis) => Points(axis, epoch => epoch.Loss);

    /// <summary>The loss on held-out text, likewise.</summary>
    public (double[] Positions, double[] Losses) Validation(LossAxis axis) => Points(axis, epoch => epoch.ValidationLoss ?? double.NaN);

    private (double[] Positions, double[] Losses) Points(LossAxis axis, Func<EpochCompleted, double> lossOf)
    {
        List<double> positions = [], losses = [];
        double seconds = 0;
        foreach (EpochCompleted epoch in Epochs)
        {
            seconds += epoch.Seconds;
            double position = axis == LossAxis.Epoch ? epoch.Epoch : seconds;
            double loss = lossOf(epoch);
            if (!double.IsFinite(loss) || !double.IsFinite(position)) continue;
            positions.Add(position);
            losses.Add(loss);
        }

        return ([.. positions], [.. losses]);
    }
}

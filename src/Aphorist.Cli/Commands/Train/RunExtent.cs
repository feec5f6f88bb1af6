using System.Globalization;
using Aphorist.Cli.Terminal;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Says how far a run is: in epochs, or in time if that is its limit.</summary>
/// <param name="options">The options of the run.</param>
/// <param name="seconds">Gets the seconds of training so far, those before a resume included.</param>
internal sealed class RunExtent(TrainingOptions options, Func<double> seconds)
{
    // A preset with a time limit has a number of epochs only because there must be one.
    private readonly bool countsEpochs = options.TimeBudget is null || options.Epochs < TrainingOptions.Quick.Epochs;

    /// <summary>The extent of a run in progress.</summary>
    public static RunExtent Of(ActiveTrainingRun run) => new(run.Options.Training, () => run.Position?.Seconds ?? 0);

    /// <summary>Whether the run has a time limit.</summary>
    public bool IsTimed => options.TimeBudget is not null;

    /// <summary>
    /// The share that a progress bar shows, from 0 to 1: of the run if it has a time limit, otherwise of the epoch.
    /// </summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="ofEpoch">The share of the epoch that is done.</param>
    public double Share(int epoch, double ofEpoch)
    {
        if (options.TimeBudget is not { } budget) return ofEpoch;
        double ofEpochs = countsEpochs ? (epoch - 1 + ofEpoch) / options.Epochs : 0;
        return Math.Min(Math.Max(seconds() / budget.TotalSeconds, ofEpochs), 1);
    }

    /// <summary>Where the run is in an epoch: "epoch 4/59", or "epoch 4, 0:12 of 1:00".</summary>
    public string In(int epoch)
    {
        string total = countsEpochs ? string.Create(CultureInfo.InvariantCulture, $"/{options.Epochs}") : "";
        string time = options.TimeBudget is { } budget
            ? $", {Quantity.Clock(TimeSpan.FromSeconds(seconds()))} of {Quantity.Clock(budget)}"
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}{total}{time}");
    }
}

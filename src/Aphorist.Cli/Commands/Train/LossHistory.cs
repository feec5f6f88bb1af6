using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>
/// The losses of a run, those before a resume included: one for each epoch, and for the chart on the terminal more within the epochs of
/// this session.
/// </summary>
internal sealed class LossHistory
{
    // More than any terminal has columns.
    private const int MaximumPoints = 4096;

    private readonly List<EpochCompleted> epochs = [];
    private readonly List<StepsCompleted> steps = [];
    private readonly List<(double Epochs, double Loss)> training = [], validation = [];
    private readonly HashSet<int> observedEpochs = [];
    private (int Epoch, int Batch, double Sum) last;
    private int batchCount;

    /// <summary>The completed epochs, in order.</summary>
    public IReadOnlyList<EpochCompleted> Epochs => epochs;

    /// <summary>The metrics of training steps, in order.</summary>
    public IReadOnlyList<StepsCompleted> Steps => steps;

    /// <summary>
    /// Training losses over epochs. An epoch without progress events, too short or from an earlier session, is one point.
    /// </summary>
    public IReadOnlyList<(double Epochs, double Loss)> Training =>
    [
        .. epochs
            .Where(epoch => !observedEpochs.Contains(epoch.Epoch) && double.IsFinite(epoch.Loss))
            .Select(epoch => ((double)epoch.Epoch, epoch.Loss)),
        .. training,
    ];

    /// <summary>Validation losses over epochs.</summary>
    public IReadOnlyList<(double Epochs, double Loss)> Validation =>
    [
        .. epochs
            .Where(epoch => epoch.ValidationLoss is double loss && double.IsFinite(loss))
            .Select(epoch => ((double)epoch.Epoch, epoch.ValidationLoss!.Value)),
        .. validation,
    ];

    /// <summary>Adds the metrics of earlier sessions.</summary>
    public void Load(IEnumerable<EpochCompleted> earlier, IEnumerable<StepsCompleted> earlierSteps)
    {
        epochs.AddRange(earlier);
        steps.AddRange(earlierSteps);
    }

    /// <summary>Adds a completed epoch.</summary>
    public void Add(EpochCompleted epoch) => epochs.Add(epoch);

    /// <summary>Adds the metrics of some steps. After a divergence they replace those of the same steps.</summary>
    public void Add(StepsCompleted completed)
    {
        while (steps.Count > 0 && steps[^1].Step >= completed.Step) steps.RemoveAt(steps.Count - 1);
        steps.Add(completed);
    }

    /// <summary>Adds the loss since the last progress event: the event has the mean over the epoch, which hides changes.</summary>
    public void Add(TrainingProgress progress)
    {
        if (progress.Epoch != last.Epoch || progress.Batch <= last.Batch) last = (progress.Epoch, 0, 0);
        double sum = progress.Loss * progress.Batch, loss = (sum - last.Sum) / (progress.Batch - last.Batch);
        (last, batchCount) = ((progress.Epoch, progress.Batch, sum), progress.BatchCount);
        if (!double.IsFinite(loss)) return;
        observedEpochs.Add(progress.Epoch);
        training.Add((PositionOf(progress.Epoch, progress.Batch), loss));
        if (training.Count > MaximumPoints) Halve();
    }

    /// <summary>Adds a validation within an epoch. Before the first progress event its position is unknown.</summary>
    public void Add(ValidationMeasured measured)
    {
        if (batchCount > 0 && double.IsFinite(measured.ValidationLoss))
            validation.Add((PositionOf(measured.Epoch, measured.Batch), measured.ValidationLoss));
    }

    private double PositionOf(int epoch, int batch) => epoch - 1 + (double)batch / batchCount;

    /// <summary>Replaces each two points by their mean.</summary>
    private void Halve()
    {
        (double Epochs, double Loss)[] pairs =
            [.. training.Chunk(2).Select(pair => (pair.Average(point => point.Epochs), pair.Average(point => point.Loss)))];
        training.Clear();
        training.AddRange(pairs);
    }
}

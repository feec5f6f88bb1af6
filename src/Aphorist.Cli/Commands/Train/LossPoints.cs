using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The losses of a run as points over epochs and parts of them: in training between two looks, on held-out text whenever it was measured.</summary>
/// <param name="history">The epochs so far.</param>
internal sealed class LossPoints(EpochHistory history)
{
    // More than any terminal has columns.
    private const int MostPoints = 4096;

    private readonly List<(double Epochs, double Loss)> looks = [], measured = [];
    private readonly HashSet<int> seen = [];
    private (int Epoch, int Batch, double Sum) last;
    private int batchCount;

    /// <summary>The training losses. An epoch that was not looked into, since it was too short or done before this session, is one point.</summary>
    public IReadOnlyList<(double Epochs, double Loss)> Training =>
        [.. history.Epochs.Where(epoch => !seen.Contains(epoch.Epoch) && double.IsFinite(epoch.Loss)).Select(epoch => ((double)epoch.Epoch, epoch.Loss)), .. looks];

    /// <summary>The losses on held-out text.</summary>
    public IReadOnlyList<(double Epochs, double Loss)> Validation =>
        [.. history.Epochs.Where(epoch => epoch.ValidationLoss is double loss && double.IsFinite(loss)).Select(epoch => ((double)epoch.Epoch, epoch.ValidationLoss!.Value)), .. measured];

    /// <summary>Takes note of the loss since the look before, which the mean over the epoch hides.</summary>
    public void Add(TrainingProgress progress)
    {
        if (progress.Epoch != last.Epoch || progress.Batch <= last.Batch) last = (progress.Epoch, 0, 0);
        double sum = progress.Loss * progress.Batch, loss = (sum - last.Sum) / (progress.Batch - last.Batch);
        (last, batchCount) = ((progress.Epoch, progress.Batch, sum), progress.BatchCount);
        if (!double.IsFinite(loss)) return;
        seen.Add(progress.Epoch);
        looks.Add((PlaceOf(progress.Epoch, progress.Batch), loss));
        if (looks.Count > MostPoints) Thin();
    }

    /// <summary>Takes note of a measurement within an epoch; before the first look it has no place.</summary>
    public void Add(ValidationMeasured validation)
    {
        if (batchCount > 0 && double.IsFinite(validation.ValidationLoss)) measured.Add((PlaceOf(validation.Epoch, validation.Batch), validation.ValidationLoss));
    }

    private double PlaceOf(int epoch, int batch) => epoch - 1 + (double)batch / batchCount;

    /// <summary>Makes one point of every two.</summary>
    private void Thin()
    {
        (double Epochs, double Loss)[] pairs = [.. looks.Chunk(2).Select(pair => (pair.Average(point => point.Epochs), pair.Average(point => point.Loss)))];
        looks.Clear();
        looks.AddRange(pairs);
    }
}

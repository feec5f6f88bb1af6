using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The epochs of a run so far, with those of the sessions before this one.</summary>
internal sealed class EpochHistory
{
    private readonly List<EpochCompleted> epochs = [];

    public IReadOnlyList<EpochCompleted> Epochs => epochs;

    /// <summary>Remembers what a resumed run did before. It is only for show, so without its metrics the run goes on all the same.</summary>
    public void LoadFrom(TrainingRun run, int completedEpochs)
    {
        if (completedEpochs == 0) return;
        try
        {
            epochs.AddRange(run.ReadMetrics().Take(completedEpochs));
        }
        catch (Exception exception) when (exception is TrainingRunException or IOException or UnauthorizedAccessException)
        {
            // The trainer writes the file anew after the next epoch, from the checkpoint.
        }
    }

    public void Add(EpochCompleted epoch) => epochs.Add(epoch);
}

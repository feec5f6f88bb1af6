using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The epochs of a run so far, with those of the sessions before this one.</summary>
internal sealed class EpochHistory
{
    private readonly List<EpochCompleted> epochs = [];

    public IReadOnlyList<EpochCompleted> Epochs => epochs;

    /// <summary>Remembers what a resumed run did before. It is only for show, so without its metrics the run goes on all the same.</summary>
    public void LoadFrom(RunFolder folder, int completedEpochs)
    {
        if (completedEpochs == 0) return;
        try
        {
            epochs.AddRange(MetricsFile.Read(folder.Metrics).Take(completedEpochs));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The trainer writes the file anew after the next epoch, from the checkpoint.
        }
    }

    public void Add(EpochCompleted epoch) => epochs.Add(epoch);
}

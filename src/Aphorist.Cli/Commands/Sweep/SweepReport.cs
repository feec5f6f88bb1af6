using Aphorist.Cli.Commands.Train;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>A run of a sweep while it trains: a progress bar, and a note where something goes wrong. What it reached is told afterwards.</summary>
internal sealed class SweepReport(EpochProgress progressBar, TextWriter notes) : ITrainingReporter
{
    /// <summary>Seconds of training, once the run has ended.</summary>
    public double Seconds { get; private set; }

    public ValueTask StartedAsync(TrainingStarted started) => ValueTask.CompletedTask;

    public ValueTask ProgressAsync(TrainingProgress progress) => progressBar.ShowAsync(progress);

    public ValueTask ValidationAsync(ValidationMeasured validation) => progressBar.MeasuredAsync(validation);

    public ValueTask EpochAsync(EpochCompleted epoch) => ValueTask.CompletedTask;

    public async ValueTask DivergenceAsync(DivergenceDetected divergence)
    {
        await progressBar.HideAsync();
        await notes.WriteLineAsync(ConsoleTrainingReporter.Sentence(divergence));
    }

    public void SampleBegins(int epoch, double temperature, string seed)
    {
    }

    public void Typed(string piece)
    {
    }

    public void SampleEnds(int epoch, double temperature, string text)
    {
    }

    public async ValueTask CompletedAsync(TrainingCompleted completed, string model)
    {
        await progressBar.HideAsync();
        Seconds = completed.Seconds;
    }

    public ValueTask DisposeAsync() => progressBar.DisposeAsync();
}

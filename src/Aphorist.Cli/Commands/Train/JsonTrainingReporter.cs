using System.Text.Json;
using Aphorist.Cli.Terminal;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>A training run as JSON lines on standard output.</summary>
internal sealed class JsonTrainingReporter(ResultWriter result, TrainingRun run, EpochProgress progressBar, TimeProvider clock)
    : ITrainingReporter
{
    // Between two lines about the progress within an epoch.
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    private long? lastProgress;

    public ValueTask StartedAsync(TrainingStarted started)
    {
        result.Announce(JsonLine.Of(json =>
        {
            json.WriteString("event", "corpus");
            json.WriteNumber("characters", started.Characters);
            json.WriteNumber("vocabulary", started.VocabularySize);
            json.WriteNumber("windows", started.Predictions + started.ValidationPredictions);
            json.WriteNumber("tokens", started.Tokens);
            json.WriteFinite("unknownShare", started.UnknownShare);
            if (started.Processes == 1) return;
            json.WriteNumber("processes", started.Processes);
            json.WriteNumber("workingProcesses", started.WorkingProcesses);
        }));
        return ValueTask.CompletedTask;
    }

    public async ValueTask ProgressAsync(TrainingProgress progress)
    {
        await progressBar.ShowAsync(progress);
        if (lastProgress is long last && clock.GetElapsedTime(last) < ProgressInterval) return;
        lastProgress = clock.GetTimestamp();
        await AnnounceAsync(json =>
        {
            json.WriteString("event", "progress");
            json.WriteNumber("epoch", progress.Epoch);
            json.WriteNumber("batch", progress.Batch);
            json.WriteNumber("batches", progress.BatchCount);
            json.WriteFinite("loss", progress.Loss);
            json.WriteFinite("charactersPerSecond", progress.CharactersPerSecond);
            json.WriteFinite("remainingSeconds", progress.Remaining.TotalSeconds);
        });
    }

    public ValueTask PositionAsync(TrainingPosition position) => progressBar.ShowAsync(position);

    public async ValueTask ValidationAsync(ValidationMeasured validation)
    {
        progressBar.Add(validation);
        await AnnounceAsync(json =>
        {
            json.WriteString("event", "validation");
            json.WriteNumber("epoch", validation.Epoch);
            json.WriteNumber("batch", validation.Batch);
            json.WriteFinite("validationLoss", validation.ValidationLoss);
            json.WriteFinite("validationAccuracy", validation.ValidationAccuracy);
            json.WriteFinite("trainingSeconds", validation.Seconds);
        });
    }

    public ValueTask EpochAsync(EpochCompleted epoch) => AnnounceAsync(json =>
    {
        json.WriteString("event", "epoch");
        json.WriteNumber("epoch", epoch.Epoch);
        json.WriteFinite("loss", epoch.Loss);
        json.WriteFinite("accuracy", epoch.Accuracy);
        json.WriteFinite("validationLoss", epoch.ValidationLoss);
        json.WriteFinite("validationAccuracy", epoch.ValidationAccuracy);
        json.WriteFinite("seconds", epoch.Seconds);
        json.WriteFinite("charactersPerSecond", epoch.CharactersPerSecond);
    });

    public ValueTask StepsAsync(StepsCompleted steps) => AnnounceAsync(json =>
    {
        json.WriteString("event", "step");
        json.WriteNumber("step", steps.Step);
        json.WriteFinite("epoch", steps.Epoch);
        json.WriteNumber("tokens", steps.Tokens);
        json.WriteFinite("seconds", steps.Seconds);
        json.WriteFinite("loss", steps.Loss);
        json.WriteFinite("learningRate", steps.LearningRate);
        json.WriteFinite("gradientNorm", steps.GradientNorm);
        json.WriteFinite("charactersPerSecond", steps.CharactersPerSecond);
    });

    public ValueTask LimitAsync(ValidationLimited limit) => AnnounceAsync(json =>
    {
        json.WriteString("event", "validationLimit");
        json.WriteNumber("tokens", limit.Predictions);
        json.WriteNumber("validationTokens", limit.ValidationPredictions);
    });

    public ValueTask DivergenceAsync(DivergenceDetected divergence) => AnnounceAsync(json =>
    {
        json.WriteString("event", "divergence");
        json.WriteNumber("epoch", divergence.Epoch);
        json.WriteNumber("batch", divergence.Batch);
        json.WriteFinite("loss", divergence.Loss);
        json.WriteFinite("expectedLoss", divergence.ExpectedLoss);
        json.WriteFinite("learningRate", divergence.LearningRate);
    });

    public void SampleCompleted(int epoch, double temperature, string text) => result.Announce(JsonLine.Of(json =>
    {
        json.WriteString("event", "sample");
        json.WriteNumber("epoch", epoch);
        json.WriteNumber("temperature", temperature);
        json.WriteString("text", text);
    }));

    public ValueTask CompletedAsync(TrainingCompleted completed) => AnnounceAsync(json =>
    {
        json.WriteString("event", "done");
        json.WriteString("model", run.BestModelPath);
        json.WriteFinite("seconds", completed.Seconds);
    });

    public ValueTask DisposeAsync() => progressBar.DisposeAsync();

    private async ValueTask AnnounceAsync(Action<Utf8JsonWriter> write)
    {
        await progressBar.HideAsync();
        result.Announce(JsonLine.Of(write));
    }
}

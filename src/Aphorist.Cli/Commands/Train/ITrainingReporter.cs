using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Tells whoever watches what happens in a training run.</summary>
internal interface ITrainingReporter : IAsyncDisposable
{
    ValueTask StartedAsync(TrainingStarted started);

    ValueTask ProgressAsync(TrainingProgress progress);

    ValueTask ValidationAsync(ValidationMeasured validation);

    ValueTask EpochAsync(EpochCompleted epoch);

    ValueTask DivergenceAsync(DivergenceDetected divergence);

    /// <summary>The model begins to write at a temperature. The first of an epoch continues this seed; for the others, which go on with what is there, it is empty.</summary>
    void SampleBegins(int epoch, double temperature, string seed);

    /// <summary>The model has written a little more.</summary>
    void Typed(string piece);

    /// <summary>The model has written a whole sample.</summary>
    void SampleEnds(int epoch, double temperature, string text);

    ValueTask CompletedAsync(TrainingCompleted completed, string model);
}

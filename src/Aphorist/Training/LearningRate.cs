using Aphorist.Training.Runs;

namespace Aphorist.Training;

/// <summary>Computes the learning rate of a training step.</summary>
internal static class LearningRate
{
    // char-rnn: 3 % less per epoch from the tenth on.
    private const int FirstStepEpoch = 10;
    private const double StepFactor = 0.97;
    private const int PlateauEpochs = 2;
    private const double PlateauFactor = 0.5;
    private const double End = 0.01;

    /// <summary>The learning rate of the next step.</summary>
    /// <param name="options">The training options.</param>
    /// <param name="state">The run. The schedule starts from its learning rate, which the divergence guard lowers.</param>
    /// <param name="progress">The share of the whole training that is done: 0 to 1.</param>
    public static double At(TrainingOptions options, TrainingState state, double progress)
    {
        double warmup = options.WarmupSteps == 0 ? 1 : Math.Min(1, (state.Steps + 1.0) / options.WarmupSteps);
        return state.LearningRate * warmup * options.Schedule switch
        {
            LearningRateSchedule.Cosine => End + (1 - End) * (1 + Math.Cos(Math.PI * Math.Min(progress, 1))) / 2,
            LearningRateSchedule.Linear => End + (1 - End) * (1 - Math.Min(progress, 1)),
            LearningRateSchedule.Step => Math.Pow(StepFactor, Math.Max(0, state.History.Count + 1 - FirstStepEpoch)),
            LearningRateSchedule.Plateau => Math.Pow(PlateauFactor, CountPlateaus(state.History)),
            _ => 1,
        };
    }

    private static int CountPlateaus(IReadOnlyList<EpochCompleted> history)
    {
        (int plateaus, int waited) = (0, 0);
        foreach (EpochCompleted epoch in history)
        {
            waited = epoch.IsBest ? 0 : waited + 1;
            if (waited < PlateauEpochs) continue;
            plateaus++;
            waited = 0;
        }

        return plateaus;
    }
}

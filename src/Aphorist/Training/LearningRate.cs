using Aphorist.Training.Runs;

namespace Aphorist.Training;

/// <summary>The learning rate at a moment of a run.</summary>
internal static class LearningRate
{
    // Karpathy's char-rnn: 3 % less with every epoch from the tenth on.
    private const int FirstStepEpoch = 10;
    private const double StepFactor = 0.97;
    private const int PlateauEpochs = 2;
    private const double PlateauFactor = 0.5;
    private const double CosineEnd = 0.01;

    /// <summary>The learning rate of the next step.</summary>
    /// <param name="options">How training goes.</param>
    /// <param name="state">The run; its learning rate is what the schedule starts from, lowered by the divergence guard.</param>
    /// <param name="done">Share of the whole training that is done: 0 to 1.</param>
    public static double At(TrainingOptions options, TrainingState state, double done)
    {
        double warmUp = options.WarmUpSteps == 0 ? 1 : Math.Min(1, (state.Steps + 1.0) / options.WarmUpSteps);
        return state.LearningRate * warmUp * options.Schedule switch
        {
            LearningRateSchedule.Cosine => CosineEnd + (1 - CosineEnd) * (1 + Math.Cos(Math.PI * Math.Min(done, 1))) / 2,
            LearningRateSchedule.Step => Math.Pow(StepFactor, Math.Max(0, state.History.Count + 1 - FirstStepEpoch)),
            LearningRateSchedule.Plateau => Math.Pow(PlateauFactor, Plateaus(state.History)),
            _ => 1,
        };
    }

    private static int Plateaus(IReadOnlyList<EpochCompleted> history)
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

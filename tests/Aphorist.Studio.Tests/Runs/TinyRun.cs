using Aphorist.Training;
using Xunit;

namespace Aphorist.Studio.Tests.Runs;

/// <summary>Creates small runs in the folder of a studio.</summary>
internal static class TinyRun
{
    /// <summary>A text on which an epoch takes a few milliseconds.</summary>
    public static string Text { get; } = string.Concat(Enumerable.Range(0, 400).Select(line => $"the cat number {line % 7} saw a fox.\n"));

    /// <summary>Creates a run that was not trained yet.</summary>
    public static async Task<TrainingRun> CreateAsync(
        string folder, string name, int epochs, Func<TrainingRunOptions, TrainingRunOptions>? change = null)
    {
        string text = Path.Combine(folder, ".studio", "texts", "tiny.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(text)!);
        await File.WriteAllTextAsync(text, Text, TestContext.Current.CancellationToken);
        TrainingRunOptions options = TrainingRunOptions.FromPreset(Preset.Quick, text) with
        {
            Model = new ModelSpec { HiddenSize = 16, Window = 20 },
            SampleStyle = SampleStyle.Notebook,
        };
        options = options with
        {
            Samples = true,
            Training = options.Training with
            {
                Epochs = epochs,
                TimeBudget = null,
                Schedule = LearningRateSchedule.Constant,
                WarmupSteps = 0,
            },
        };
        using ActiveTrainingRun run = await TrainingRun.CreateAsync(
            change?.Invoke(options) ?? options, Path.Combine(folder, name), cancellationToken: TestContext.Current.CancellationToken);
        return run;
    }
}

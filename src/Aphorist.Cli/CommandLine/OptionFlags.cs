using System.Text.RegularExpressions;
using Aphorist.Training;

namespace Aphorist.Cli.CommandLine;

/// <summary>The command-line option for each option property of the library.</summary>
internal static class OptionFlags
{
    private static readonly Dictionary<string, string> Flags = new()
    {
        [nameof(TrainingRunOptions.Lowercase)] = "--lowercase",
        [nameof(TrainingRunOptions.Tokenizer)] = "--tokenizer",
        [nameof(TrainingRunOptions.ValidationText)] = "--validation-text",
        [nameof(TokenizerOptions.VocabularySize)] = "--vocabulary-size",
        [nameof(TokenizerOptions.MinimumCount)] = "--minimum-count",
        [nameof(ModelSpec.Architecture)] = "--architecture",
        [nameof(ModelSpec.HiddenSize)] = "--hidden",
        [nameof(ModelSpec.Layers)] = "--layers",
        [nameof(ModelSpec.KernelSize)] = "--kernel",
        [nameof(ModelSpec.EmbeddingSize)] = "--embedding",
        [nameof(ModelSpec.TiedEmbedding)] = "--tied",
        [nameof(ModelSpec.Residual)] = "--residual",
        [nameof(ModelSpec.LayerNormalization)] = "--layer-normalization",
        [nameof(ModelSpec.Window)] = "--window",
        [nameof(ModelSpec.Gates)] = "--gates",
        [nameof(ModelSpec.ResetGate)] = "--reset",
        [nameof(TrainingOptions.Preset)] = "--preset",
        [nameof(TrainingOptions.Objective)] = "--objective",
        [nameof(TrainingOptions.Epochs)] = "--epochs",
        [nameof(TrainingOptions.Stride)] = "--step",
        [nameof(TrainingOptions.SequenceLength)] = "--sequence",
        [nameof(TrainingOptions.BatchSize)] = "--batch",
        [nameof(TrainingOptions.Optimizer)] = "--optimizer",
        [nameof(TrainingOptions.LearningRate)] = "--learning-rate",
        [nameof(TrainingOptions.Schedule)] = "--schedule",
        [nameof(TrainingOptions.WarmupSteps)] = "--warm-up",
        [nameof(TrainingOptions.WeightDecay)] = "--weight-decay",
        [nameof(TrainingOptions.ClipNorm)] = "--clip-norm",
        [nameof(TrainingOptions.ClipValue)] = "--clip-value",
        [nameof(TrainingOptions.EmaDecay)] = "--average",
        [nameof(TrainingOptions.Dropout)] = "--dropout",
        [nameof(TrainingOptions.ValidationShare)] = "--validation",
        [nameof(TrainingOptions.ValidationInterval)] = "--validate-every",
        [nameof(TrainingOptions.Patience)] = "--patience",
        [nameof(TrainingOptions.TimeBudget)] = "--minutes",
        [nameof(TrainingOptions.Seed)] = "--seed",
        [nameof(TrainingOptions.Threads)] = "--threads",
        [nameof(TrainingOptions.DivergenceGuard)] = "--divergence-guard",
        [nameof(TrainingOptions.CheckpointInterval)] = "--checkpoint-interval",
    };

    /// <summary>The message of the exception with options where it names properties.</summary>
    public static string MessageOf(InvalidOptionsException exception) =>
        Regex.Replace(exception.Message, @"\b[A-Z][A-Za-z]+\b", word => Flags.GetValueOrDefault(word.Value, word.Value));
}

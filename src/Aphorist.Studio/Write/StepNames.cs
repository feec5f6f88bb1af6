using Aphorist.Studio.Hosting;

namespace Aphorist.Studio.Write;

/// <summary>The names of the steps of sampling.</summary>
internal static class StepNames
{
    public static string Of(SamplingStepKind kind, Language language) => (kind, language) switch
    {
        (SamplingStepKind.Model, Language.English) => "the model",
        (SamplingStepKind.Model, _) => "模型",
        (SamplingStepKind.TokenBias, Language.English) => "banned tokens",
        (SamplingStepKind.TokenBias, _) => "禁用词元",
        (SamplingStepKind.RepetitionPenalty, Language.English) => "repetition",
        (SamplingStepKind.RepetitionPenalty, _) => "重复惩罚",
        (SamplingStepKind.FrequencyPenalty, Language.English) => "frequency",
        (SamplingStepKind.FrequencyPenalty, _) => "频率惩罚",
        (SamplingStepKind.Temperature, Language.English) => "temperature",
        (SamplingStepKind.Temperature, _) => "温度",
        (SamplingStepKind.TopK, _) => "top-k",
        (SamplingStepKind.TopP, _) => "top-p",
        (SamplingStepKind.MinP, _) => "min-p",
        (SamplingStepKind.TypicalP, Language.English) => "typical",
        _ => "典型采样",
    };
}

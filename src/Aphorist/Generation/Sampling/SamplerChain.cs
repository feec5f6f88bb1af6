using System.Numerics.Tensors;

namespace Aphorist.Generation.Sampling;

/// <summary>A sampling strategy that changes the logits of the next token.</summary>
internal interface ILogitsProcessor
{
    /// <summary>Which step of sampling this is.</summary>
    SamplingStepKind Kind { get; }

    /// <summary>Changes the logits.</summary>
    /// <param name="logits">[V].</param>
    /// <param name="recent">The last tokens of the text.</param>
    void Apply(Span<float> logits, RecentTokens recent);
}

/// <summary>A sampling strategy that removes unlikely tokens before one is drawn.</summary>
internal interface ISamplerFilter
{
    /// <summary>Which step of sampling this is.</summary>
    SamplingStepKind Kind { get; }

    /// <summary>Removes candidates; at least one remains.</summary>
    void Apply(Candidates candidates);
}

/// <summary>
/// The logits processors and filters that the options ask for, in order, for one vocabulary. Immutable; all texts share it.
/// </summary>
internal sealed class SamplerChain
{
    /// <exception cref="InvalidOptionsException">The options do not fit the vocabulary.</exception>
    public SamplerChain(GenerationOptions options, Tokenizer tokenizer)
    {
        (Options, VocabularySize) = (options, tokenizer.VocabularySize);
        TokenBias? bias = TokenBias.Create(options, tokenizer);
        AllowedCount = bias?.AllowedCount ?? VocabularySize;
        Processors = [.. CreateProcessors(options, bias)];
        Filters = [.. CreateFilters(options, VocabularySize)];
    }

    public GenerationOptions Options { get; }

    /// <summary>V.</summary>
    public int VocabularySize { get; }

    /// <summary>The number of tokens that are not banned.</summary>
    public int AllowedCount { get; }

    public ILogitsProcessor[] Processors { get; }

    public ISamplerFilter[] Filters { get; }

    private static IEnumerable<ILogitsProcessor> CreateProcessors(GenerationOptions options, TokenBias? bias)
    {
        if (bias is not null) yield return bias;
        if (options.RepetitionPenalty > 1) yield return new RepetitionPenalty((float)options.RepetitionPenalty);
        if (options.FrequencyPenalty != 0 || options.PresencePenalty != 0)
            yield return new FrequencyPenalty((float)options.FrequencyPenalty, (float)options.PresencePenalty);
    }

    private static IEnumerable<ISamplerFilter> CreateFilters(GenerationOptions options, int vocabularySize)
    {
        if (options.TopK > 0) yield return new TopK(options.TopK, vocabularySize);
        if (options.TopP < 1) yield return new TopP(options.TopP);
        if (options.MinP > 0) yield return new MinP(options.MinP);
        if (options.TypicalP < 1) yield return new TypicalP(options.TypicalP);
    }
}

/// <summary>Samples tokens. Holds the buffers of one thread, which can sample for any number of texts.</summary>
/// <param name="vocabularySize">V.</param>
internal sealed class Sampler(int vocabularySize)
{
    private readonly Candidates candidates = new(vocabularySize);
    private readonly float[] adjusted = new float[vocabularySize];

    /// <summary>Samples the next token of a text. A second call with the same logits draws again.</summary>
    /// <param name="text">The state of the text, with its chain.</param>
    /// <param name="logits">[V].</param>
    /// <param name="excluded">Tokens that must not be chosen this time, in addition to banned ones.</param>
    public int Choose(SamplerState text, ReadOnlySpan<float> logits, ReadOnlySpan<int> excluded = default)
    {
        SamplerChain chain = text.Chain;
        double temperature = TemperatureOf(text);
        if (chain.Processors.Length > 0 || !excluded.IsEmpty) logits = Adjust(text, logits, excluded);
        if (temperature == 0) return TensorPrimitives.IndexOfMax(logits);
        candidates.Reset(logits, temperature);
        foreach (ISamplerFilter filter in chain.Filters) filter.Apply(candidates);
        return candidates.Draw(text.NextUniform());
    }

    /// <summary>
    /// Returns the probabilities that <see cref="Choose"/> draws from, and those after each step before. Steps that change nothing are left
    /// out.
    /// </summary>
    /// <param name="text">The state of the text, with its chain.</param>
    /// <param name="logits">[V].</param>
    public List<SamplingStep> Explain(SamplerState text, ReadOnlySpan<float> logits)
    {
        SamplerChain chain = text.Chain;
        double temperature = TemperatureOf(text);
        List<SamplingStep> steps = [After(SamplingStepKind.Model, logits, temperature: 1)];
        logits.CopyTo(adjusted);
        foreach (ILogitsProcessor processor in chain.Processors)
        {
            processor.Apply(adjusted, text.Recent);
            steps.Add(After(processor.Kind, adjusted, temperature: 1));
        }

        if (temperature == 0)
        {
            double[] certain = new double[vocabularySize];
            certain[TensorPrimitives.IndexOfMax<float>(adjusted)] = 1;
            steps.Add(new(SamplingStepKind.Temperature, certain));
            return steps;
        }

        SamplingStep drawn = After(SamplingStepKind.Temperature, adjusted, temperature);
        if (temperature != 1) steps.Add(drawn);
        foreach (ISamplerFilter filter in chain.Filters)
        {
            filter.Apply(candidates);
            steps.Add(new(filter.Kind, candidates.Probabilities()));
        }

        return steps;
    }

    private static double TemperatureOf(SamplerState text)
    {
        GenerationOptions options = text.Chain.Options;
        return options.TemperatureSchedule?.GetTemperature(text.SampledCount) ?? options.Temperature;
    }

    private SamplingStep After(SamplingStepKind kind, ReadOnlySpan<float> logits, double temperature)
    {
        candidates.Reset(logits, temperature);
        return new(kind, candidates.Probabilities());
    }

    private Span<float> Adjust(SamplerState text, ReadOnlySpan<float> logits, ReadOnlySpan<int> excluded)
    {
        logits.CopyTo(adjusted);
        foreach (ILogitsProcessor processor in text.Chain.Processors) processor.Apply(adjusted, text.Recent);
        foreach (int id in excluded) adjusted[id] = float.NegativeInfinity;
        return adjusted;
    }
}

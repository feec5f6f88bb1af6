using Aphorist.Text;

namespace Aphorist.Generation.Sampling;

/// <summary>Sampling options made ready for one vocabulary: which strategies there are, in their order. Unchanging, so that all texts share it.</summary>
internal sealed class SamplerChain
{
    /// <exception cref="ArgumentException">The options name a token that does not exist, ban all, or ask for more tokens than there are.</exception>
    public SamplerChain(SamplingOptions options, Tokenizer tokenizer)
    {
        if (options.TopK > tokenizer.VocabularySize) throw new ArgumentException($"Top-k is {options.TopK}, and the model has {tokenizer.VocabularySize} tokens: take fewer.");
        (Options, Tokens) = (options, tokenizer.VocabularySize);
        float[]? biases = BiasesOf(options, tokenizer);
        AllowedCount = biases?.Count(float.IsFinite) ?? tokenizer.VocabularySize;
        Adjustments = [.. AdjustmentsOf(options, biases)];
        Filters = [.. FiltersOf(options)];
    }

    public SamplingOptions Options { get; }

    /// <summary>V.</summary>
    public int Tokens { get; }

    /// <summary>How many tokens are not banned.</summary>
    public int AllowedCount { get; }

    /// <summary>What changes the logits, first to last.</summary>
    public IReadOnlyList<ILogitsProcessor> Adjustments { get; }

    /// <summary>What leaves out tokens, first to last.</summary>
    public IReadOnlyList<ISamplerFilter> Filters { get; }

    private static float[]? BiasesOf(SamplingOptions options, Tokenizer tokenizer)
    {
        // The token that stands for unknown words says nothing, so it is never written.
        int[] banned = [.. options.Banned.SelectMany(text => TokenTexts.IdsOf(tokenizer, text)), .. tokenizer.UnknownTokenId is int unknown ? (int[])[unknown] : []];
        if (options.Bias.Count == 0 && banned.Length == 0) return null;
        float[] biases = new float[tokenizer.VocabularySize];
        foreach ((string text, double bias) in options.Bias)
        {
            if (!double.IsFinite(bias)) throw new ArgumentException($"The bias of '{VisibleText.Of(text)}' must be a number; to ban a token, name it among those banned.");
            foreach (int id in TokenTexts.IdsOf(tokenizer, text)) biases[id] = (float)bias;
        }

        foreach (int id in banned) biases[id] = float.NegativeInfinity;
        return biases.All(float.IsNegativeInfinity) ? throw new ArgumentException("Every token of the model is banned, so that there is nothing to write: ban fewer.") : biases;
    }

    private static IEnumerable<ILogitsProcessor> AdjustmentsOf(SamplingOptions options, float[]? biases)
    {
        if (biases is not null) yield return new TokenBias(biases);
        if (options.RepetitionPenalty > 1) yield return new RepetitionPenalty((float)options.RepetitionPenalty);
        if (options.FrequencyPenalty > 0 || options.PresencePenalty > 0)
            yield return new FrequencyPenalty((float)options.FrequencyPenalty, (float)options.PresencePenalty);
    }

    private static IEnumerable<ISamplerFilter> FiltersOf(SamplingOptions options)
    {
        if (options.TopK > 0) yield return new TopK(options.TopK);
        if (options.TopP < 1) yield return new TopP(options.TopP);
        if (options.MinP > 0) yield return new MinP(options.MinP);
        if (options.TypicalP < 1) yield return new TypicalP(options.TypicalP);
    }
}

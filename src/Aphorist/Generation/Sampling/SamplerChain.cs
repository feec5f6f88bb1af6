namespace Aphorist.Generation.Sampling;

/// <summary>Sampling options made ready for one vocabulary: which strategies there are, in their order. Unchanging, so that all texts share it.</summary>
internal sealed class SamplerChain
{
    /// <exception cref="InvalidOptionsException">The options name a token that does not exist, ban all, or ask for more tokens than there are.</exception>
    public SamplerChain(GenerationOptions options, Tokenizer tokenizer)
    {
        if (options.TopK > tokenizer.VocabularySize) throw new InvalidOptionsException($"TopK is {options.TopK}, but the model has only {tokenizer.VocabularySize} tokens.", nameof(options.TopK));
        (Options, Tokens) = (options, tokenizer.VocabularySize);
        float[]? biases = BiasesOf(options, tokenizer);
        AllowedCount = biases?.Count(float.IsFinite) ?? tokenizer.VocabularySize;
        Adjustments = [.. AdjustmentsOf(options, biases)];
        Filters = [.. FiltersOf(options)];
    }

    public GenerationOptions Options { get; }

    /// <summary>V.</summary>
    public int Tokens { get; }

    /// <summary>How many tokens are not banned.</summary>
    public int AllowedCount { get; }

    /// <summary>What changes the logits, first to last.</summary>
    public IReadOnlyList<ILogitsProcessor> Adjustments { get; }

    /// <summary>What leaves out tokens, first to last.</summary>
    public IReadOnlyList<ISamplerFilter> Filters { get; }

    private static float[]? BiasesOf(GenerationOptions options, Tokenizer tokenizer)
    {
        // The token that stands for unknown words says nothing, so it is never written.
        int[] banned = [.. options.BannedTokens.SelectMany(text => TokenTexts.IdsOf(tokenizer, text, nameof(options.BannedTokens))), .. tokenizer is WordTokenizer ? (int[])[WordTokenizer.UnknownId] : []];
        if (options.LogitBias.Count == 0 && banned.Length == 0) return null;
        float[] biases = new float[tokenizer.VocabularySize];
        foreach ((string text, double bias) in options.LogitBias)
        {
            foreach (int id in TokenTexts.IdsOf(tokenizer, text, nameof(options.LogitBias))) biases[id] = (float)bias;
        }

        foreach (int id in banned) biases[id] = float.NegativeInfinity;
        return biases.All(float.IsNegativeInfinity) ? throw new InvalidOptionsException("BannedTokens names every token of the model. Ban fewer.", nameof(options.BannedTokens)) : biases;
    }

    private static IEnumerable<ILogitsProcessor> AdjustmentsOf(GenerationOptions options, float[]? biases)
    {
        if (biases is not null) yield return new TokenBias(biases);
        if (options.RepetitionPenalty > 1) yield return new RepetitionPenalty((float)options.RepetitionPenalty);
        if (options.FrequencyPenalty > 0 || options.PresencePenalty > 0)
            yield return new FrequencyPenalty((float)options.FrequencyPenalty, (float)options.PresencePenalty);
    }

    private static IEnumerable<ISamplerFilter> FiltersOf(GenerationOptions options)
    {
        if (options.TopK > 0) yield return new TopK(options.TopK);
        if (options.TopP < 1) yield return new TopP(options.TopP);
        if (options.MinP > 0) yield return new MinP(options.MinP);
        if (options.TypicalP < 1) yield return new TypicalP(options.TypicalP);
    }
}

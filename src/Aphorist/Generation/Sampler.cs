using System.Numerics.Tensors;
using Aphorist.Generation.Strategies;
using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Generation;

/// <summary>Chooses one of the tokens by their logits, one text at a time; the strategies are those of the options, in the order documented there.</summary>
internal sealed class Sampler
{
    private readonly SamplingOptions options;
    private readonly ITokenizer tokenizer;
    private readonly ILogitAdjustment[] adjustments;
    private readonly ICandidateFilter[] filters;
    private readonly RecentTokens recent;
    private readonly Candidates candidates;
    private readonly float[] adjusted;
    private RandomStream random;
    private ulong draws;
    private long place;

    /// <exception cref="ArgumentException">The options name a token that does not exist, ban all, or ask for more tokens than there are.</exception>
    public Sampler(SamplingOptions options, ITokenizer tokenizer)
    {
        if (options.TopK > tokenizer.Count) throw new ArgumentException($"Top-k is {options.TopK}, and the model has {tokenizer.Count} tokens: take fewer.");
        (this.options, this.tokenizer) = (options, tokenizer);
        float[]? biases = BiasesOf(options, tokenizer);
        AllowedCount = biases?.Count(float.IsFinite) ?? tokenizer.Count;
        adjustments = [.. Adjustments(options, biases)];
        filters = [.. Filters(options)];
        recent = new RecentTokens(tokenizer.Count, options.HasPenalties ? options.PenaltyWindow : 0);
        candidates = new Candidates(tokenizer.Count);
        adjusted = new float[tokenizer.Count];
        Begin(options.Seed);
    }

    /// <summary>How many tokens are not banned.</summary>
    public int AllowedCount { get; }

    /// <summary>Begins another text.</summary>
    public void Begin(ulong seed)
    {
        random = new RandomStream(seed, RandomPurpose.Sampling);
        (draws, place) = (0, 0);
        recent.Clear();
    }

    /// <summary>Tells of a token of the prompt.</summary>
    public void Read(int id) => recent.Add(id);

    /// <summary>Tells of a token that is written.</summary>
    public void Write(int id)
    {
        recent.Add(id);
        place++;
    }

    /// <summary>Chooses the next token. The same logits may be asked again, which draws again.</summary>
    /// <param name="logits">[V].</param>
    /// <param name="barred">Tokens that do not come into question this time, besides those that the options ban.</param>
    public int Choose(ReadOnlySpan<float> logits, ReadOnlySpan<int> barred = default)
    {
        double temperature = options.Schedule?.At(place) ?? options.Temperature;
        if (adjustments.Length > 0 || !barred.IsEmpty) logits = Adjust(logits, barred);
        if (temperature == 0) return TensorPrimitives.IndexOfMax(logits);
        candidates.Begin(logits, temperature);
        foreach (ICandidateFilter filter in filters) filter.Apply(candidates);
        return candidates.Draw(random.Uniform(draws++));
    }

    /// <summary>A sampler that goes on from here by itself.</summary>
    /// <param name="options">Options for what follows, but for the seed; null for the same. Where other tokens count as recent, they begin to be counted now.</param>
    /// <param name="seed">The seed of what follows; null to go on with the same choices.</param>
    public Sampler Fork(SamplingOptions? options = null, ulong? seed = null)
    {
        Sampler fork = new(options ?? this.options, tokenizer) { place = place };
        if (seed is ulong other) fork.random = new RandomStream(other, RandomPurpose.Sampling);
        else (fork.random, fork.draws) = (random, draws);
        if (fork.recent.Window == recent.Window) fork.recent.CopyFrom(recent);
        return fork;
    }

    private Span<float> Adjust(ReadOnlySpan<float> logits, ReadOnlySpan<int> barred)
    {
        logits.CopyTo(adjusted);
        foreach (ILogitAdjustment adjustment in adjustments) adjustment.Apply(adjusted, recent);
        foreach (int id in barred) adjusted[id] = float.NegativeInfinity;
        return adjusted;
    }

    private static IEnumerable<ILogitAdjustment> Adjustments(SamplingOptions options, float[]? biases)
    {
        if (biases is not null) yield return new TokenBias(biases);
        if (options.RepetitionPenalty > 1) yield return new RepetitionPenalty((float)options.RepetitionPenalty);
        if (options.FrequencyPenalty > 0 || options.PresencePenalty > 0)
            yield return new FrequencyPenalty((float)options.FrequencyPenalty, (float)options.PresencePenalty);
    }

    private static float[]? BiasesOf(SamplingOptions options, ITokenizer tokenizer)
    {
        // The token that stands for unknown words says nothing, so it is never written.
        int[] banned = [.. options.Banned.SelectMany(text => TokenTexts.IdsOf(tokenizer, text)), .. tokenizer is WordTokenizer ? (int[])[WordTokenizer.UnknownId] : []];
        if (options.Bias.Count == 0 && banned.Length == 0) return null;
        float[] biases = new float[tokenizer.Count];
        foreach ((string text, double bias) in options.Bias)
        {
            if (!double.IsFinite(bias)) throw new ArgumentException($"The bias of '{VisibleText.Of(text)}' must be a number; to ban a token, name it among those banned.");
            foreach (int id in TokenTexts.IdsOf(tokenizer, text)) biases[id] = (float)bias;
        }

        foreach (int id in banned) biases[id] = float.NegativeInfinity;
        return biases.All(float.IsNegativeInfinity) ? throw new ArgumentException("Every token of the model is banned, so that there is nothing to write: ban fewer.") : biases;
    }

    private static IEnumerable<ICandidateFilter> Filters(SamplingOptions options)
    {
        if (options.TopK > 0) yield return new TopK(options.TopK);
        if (options.TopP < 1) yield return new TopP(options.TopP);
        if (options.MinP > 0) yield return new MinP(options.MinP);
        if (options.TypicalP < 1) yield return new TypicalP(options.TypicalP);
    }
}

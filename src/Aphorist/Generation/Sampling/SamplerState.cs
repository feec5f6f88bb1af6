using Aphorist.Numerics;

namespace Aphorist.Generation.Sampling;

/// <summary>
/// What the sampling of a text depends on besides the logits: its chain, its random numbers, its last tokens, and how many were sampled.
/// </summary>
internal sealed class SamplerState
{
    private RandomStream random;
    private ulong draws;

    public SamplerState(SamplerChain chain, ulong seed)
    {
        Chain = chain;
        Recent = new RecentTokens(chain.VocabularySize, chain.Options.HasPenalties ? chain.Options.PenaltyWindow : 0);
        Reset(seed);
    }

    /// <summary>The processors and filters.</summary>
    public SamplerChain Chain { get; }

    /// <summary>The last tokens; as many as the penalties use.</summary>
    public RecentTokens Recent { get; }

    /// <summary>The number of sampled tokens.</summary>
    public long SampledCount { get; private set; }

    /// <summary>Starts another text.</summary>
    public void Reset(ulong seed)
    {
        random = new RandomStream(seed, RandomPurpose.Sampling);
        (draws, SampledCount) = (0, 0);
        Recent.Clear();
    }

    /// <summary>Adds a token of the prompt.</summary>
    public void AddPrompt(int id) => Recent.Add(id);

    /// <summary>Adds a sampled token.</summary>
    public void AddSampled(int id)
    {
        Recent.Add(id);
        SampledCount++;
    }

    /// <summary>The next random number from [0, 1).</summary>
    public double NextUniform() => random.Uniform(draws++);

    /// <summary>
    /// An independent copy for a chain. If the new chain uses another penalty window, no token counts as recent at first.
    /// </summary>
    /// <param name="chain">The chain.</param>
    /// <param name="seed">The seed of the copy; null to continue with the random numbers of this state.</param>
    public SamplerState Fork(SamplerChain chain, ulong? seed)
    {
        SamplerState fork = new(chain, seed ?? 0) { SampledCount = SampledCount };
        if (seed is null) (fork.random, fork.draws) = (random, draws);
        if (fork.Recent.Window == Recent.Window) fork.Recent.CopyFrom(Recent);
        return fork;
    }
}

/// <summary>The last tokens of a text, and how often each occurs among them.</summary>
/// <param name="vocabularySize">V.</param>
/// <param name="window">The number of tokens that are remembered.</param>
internal sealed class RecentTokens(int vocabularySize, int window)
{
    // Grows with the text up to the window.
    private int[] ring = new int[Math.Min(window, 64)];
    private readonly int[] counts = new int[window > 0 ? vocabularySize : 0];

    // distinct[positions[id]] == id for each token whose count is above 0.
    private readonly int[] distinct = new int[Math.Min(vocabularySize, window)];
    private readonly int[] positions = new int[window > 0 ? vocabularySize : 0];
    private int distinctCount;
    private long added;

    public int Window => window;

    /// <summary>The ids that occur, each once, in no particular order.</summary>
    public ReadOnlySpan<int> Distinct => distinct.AsSpan(0, distinctCount);

    public int CountOf(int id) => counts[id];

    /// <summary>Adds a token and forgets the oldest one if the window is full.</summary>
    public void Add(int id)
    {
        if (window == 0) return;
        if (added == ring.Length && ring.Length < window) Array.Resize(ref ring, Math.Min(window, 2 * ring.Length));
        int position = (int)(added % ring.Length);
        if (added >= ring.Length) Forget(ring[position]);
        ring[position] = id;
        added++;
        if (counts[id]++ > 0) return;
        positions[id] = distinctCount;
        distinct[distinctCount++] = id;
    }

    public void CopyFrom(RecentTokens other)
    {
        ring = [.. other.ring];
        other.counts.CopyTo(counts, 0);
        other.distinct.CopyTo(distinct, 0);
        other.positions.CopyTo(positions, 0);
        (distinctCount, added) = (other.distinctCount, other.added);
    }

    public void Clear()
    {
        counts.AsSpan().Clear();
        (distinctCount, added) = (0, 0);
    }

    private void Forget(int id)
    {
        if (--counts[id] > 0) return;
        int last = distinct[--distinctCount];
        (distinct[positions[id]], positions[last]) = (last, positions[id]);
    }
}

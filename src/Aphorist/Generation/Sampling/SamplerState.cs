using Aphorist.Numerics;

namespace Aphorist.Generation.Sampling;

/// <summary>What the choice of a text's next token depends on besides the logits: where its random numbers are, which tokens it read lately, how many it wrote.</summary>
internal sealed class SamplerState
{
    private RandomStream random;
    private ulong draws;

    public SamplerState(SamplerChain plan, ulong seed)
    {
        Recent = new RecentTokens(plan.Tokens, plan.Options.HasPenalties ? plan.Options.PenaltyWindow : 0);
        Begin(seed);
    }

    /// <summary>The tokens read last, as many as the penalties look at.</summary>
    public RecentTokens Recent { get; }

    /// <summary>How many tokens were written.</summary>
    public long Written { get; private set; }

    /// <summary>Begins another text.</summary>
    public void Begin(ulong seed)
    {
        random = new RandomStream(seed, RandomPurpose.Sampling);
        (draws, Written) = (0, 0);
        Recent.Clear();
    }

    /// <summary>Takes a token of the prompt.</summary>
    public void Read(int id) => Recent.Add(id);

    /// <summary>Takes a token that was written.</summary>
    public void Sample(int id)
    {
        Recent.Add(id);
        Written++;
    }

    /// <summary>The next random number from [0, 1).</summary>
    public double Draw() => random.Uniform(draws++);

    /// <summary>A text that goes on from here by itself; with another plan, where other tokens count as recent, they begin to be counted now.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="seed">The seed of what follows; null to go on with the same choices.</param>
    public SamplerState Fork(SamplerChain plan, ulong? seed)
    {
        SamplerState fork = new(plan, seed ?? 0) { Written = Written };
        if (seed is null) (fork.random, fork.draws) = (random, draws);
        if (fork.Recent.Window == Recent.Window) fork.Recent.CopyFrom(Recent);
        return fork;
    }
}

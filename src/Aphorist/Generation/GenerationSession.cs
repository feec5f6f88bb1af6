using Aphorist.Generation;
using Aphorist.Generation.Sampling;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>One text in the making: reads what is given, writes what follows, and can be forked to try more than one way on. For one thread at a time.</summary>
public sealed class GenerationSession : IDisposable
{
    private readonly Tokenizer tokenizer;
    private readonly Predictor predictor;
    private readonly Sampler sampler;
    private readonly SamplerState sampled;

    internal GenerationSession(Tokenizer tokenizer, Predictor predictor, Sampler sampler, SamplerState sampled) =>
        (this.tokenizer, this.predictor, this.sampler, this.sampled) = (tokenizer, predictor, sampler, sampled);

    /// <summary>Reads a text, which is normalised as the model's corpus was.</summary>
    /// <exception cref="UnknownCharacterException">It has a character the model does not know; nothing of it was read.</exception>
    public void Append(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (int id in tokenizer.Encode(tokenizer.Normalization.Apply(text))) Append(id);
    }

    /// <summary>Reads a token.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public void Append(int id)
    {
        predictor.Read(TokenId.Checked(id, tokenizer.VocabularySize));
        sampled.Read(id);
    }

    /// <summary>What the model thinks may come next.</summary>
    public Prediction Predict() => new(predictor.Predict());

    /// <summary>Writes a token: chooses it as the sampling options say, reads it, and returns its id.</summary>
    public int Sample()
    {
        int id = sampler.Choose(sampled, predictor.Predict());
        predictor.Read(id);
        sampled.Sample(id);
        return id;
    }

    /// <summary>An independent session that goes on from here.</summary>
    /// <param name="sampling">How it chooses its tokens, but for the seed, which stays; null for as this one does.</param>
    /// <exception cref="ArgumentException">The options do not fit the model.</exception>
    public GenerationSession Fork(SamplingOptions? sampling = null) => Fork(sampling, seed: null);

    /// <summary>An independent session that goes on from here by other choices, as if it had begun with another seed.</summary>
    /// <param name="seed">The seed of the choices from here on.</param>
    /// <param name="sampling">As in <see cref="Fork(SamplingOptions)"/>.</param>
    /// <exception cref="ArgumentException">The options do not fit the model.</exception>
    public GenerationSession Fork(ulong seed, SamplingOptions? sampling = null) => Fork(sampling, seed);

    /// <summary>Ends the threads of window mode.</summary>
    public void Dispose() => predictor.Dispose();

    private GenerationSession Fork(SamplingOptions? sampling, ulong? seed)
    {
        SamplerChain plan = sampling is null ? sampler.Plan : new SamplerChain(sampling, tokenizer);
        return new(tokenizer, predictor.Fork(), new Sampler(plan), sampled.Fork(plan, seed));
    }
}

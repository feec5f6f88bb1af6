using Aphorist.Generation;
using Aphorist.Generation.Sampling;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>
/// A stateful generation session: appends given text, samples tokens one by one, shows predictions, and can be forked. Not safe for use by
/// several threads at once; forks are independent of each other.
/// </summary>
public sealed class GenerationSession : IDisposable
{
    private readonly Tokenizer tokenizer;
    private readonly Predictor predictor;
    private readonly CompiledOptions compiled;
    private readonly Sampler sampler;
    private readonly SamplerState sampled;

    internal GenerationSession(Predictor predictor, CompiledOptions compiled, Tokenizer tokenizer)
        : this(predictor, compiled, tokenizer, new SamplerState(compiled.Chain, compiled.Seed))
    {
    }

    private GenerationSession(Predictor predictor, CompiledOptions compiled, Tokenizer tokenizer, SamplerState sampled)
    {
        (this.tokenizer, this.predictor, this.compiled, this.sampled) = (tokenizer, predictor, compiled, sampled);
        sampler = new Sampler(compiled.Chain.VocabularySize);
    }

    /// <summary>Appends a text, which is normalized like the model's corpus.</summary>
    /// <exception cref="UnknownCharacterException">The text has a character that the model does not know; nothing was appended.</exception>
    public void Append(string text)
    {
        foreach (int id in compiled.Encode(text)) Append(id);
    }

    /// <summary>Appends a token.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public void Append(int id)
    {
        predictor.Read(TokenId.Checked(id, tokenizer.VocabularySize));
        sampled.AddPrompt(id);
    }

    /// <summary>Returns the model's probabilities for the next token.</summary>
    public Prediction Predict() => new(predictor.Predict());

    /// <summary>
    /// Returns the probabilities of the next token after each step of sampling, in the order of the steps. The first are those of the
    /// model, and <see cref="Sample"/> draws from the last.
    /// </summary>
    /// <returns>
    /// The step <see cref="SamplingStepKind.Model"/>, then each step that the options ask for. After a temperature of 0 there are no
    /// others: one token is certain.
    /// </returns>
    public IReadOnlyList<SamplingStep> PredictSampling() => sampler.Explain(sampled, predictor.Predict());

    /// <summary>Samples the next token, appends it and returns its id.</summary>
    public int Sample()
    {
        int id = sampler.Choose(sampled, predictor.Predict());
        predictor.Read(id);
        sampled.AddSampled(id);
        return id;
    }

    /// <summary>Creates an independent session that continues from here.</summary>
    /// <param name="options">
    /// The options of the new session; null for those of this one. If their seed is null, the new session continues the random choices of
    /// this one; otherwise it samples as if the session had been created with that seed.
    /// </param>
    /// <exception cref="InvalidOptionsException">The options do not fit the model.</exception>
    public GenerationSession Fork(GenerationOptions? options = null)
    {
        CompiledOptions forked = options is null ? compiled : new CompiledOptions(options, tokenizer);
        return new(predictor.Fork(), forked, tokenizer, sampled.Fork(forked.Chain, options?.Seed));
    }

    /// <summary>Ends the threads of window mode.</summary>
    public void Dispose() => predictor.Dispose();
}

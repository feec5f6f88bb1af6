using Aphorist.Generation.Sampling;

namespace Aphorist.Tests.Generation.Sampling;

/// <summary>A sampler together with the state of one text.</summary>
internal sealed class TestSampler
{
    private readonly Sampler sampler;
    private readonly SamplerState text;

    public TestSampler(GenerationOptions options, Tokenizer tokenizer)
    {
        SamplerChain chain = new(options, tokenizer);
        (sampler, text) = (new Sampler(chain.VocabularySize), new SamplerState(chain, options.Seed ?? 0));
    }

    public int Choose(ReadOnlySpan<float> logits) => sampler.Choose(text, logits);

    public IReadOnlyList<SamplingStep> Explain(ReadOnlySpan<float> logits) => sampler.Explain(text, logits);

    public void AddPrompt(int id) => text.AddPrompt(id);

    public void AddSampled(int id) => text.AddSampled(id);
}

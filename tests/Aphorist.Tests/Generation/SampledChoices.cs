using Aphorist.Generation.Sampling;

namespace Aphorist.Tests.Generation;

/// <summary>A sampler with one text.</summary>
internal sealed class SampledChoices
{
    private readonly Sampler sampler;
    private readonly SamplerState text;

    public SampledChoices(GenerationOptions options, Tokenizer tokenizer)
    {
        SamplerChain plan = new(options, tokenizer);
        (sampler, text) = (new Sampler(plan), new SamplerState(plan, options.Seed ?? 0));
    }

    public int Choose(ReadOnlySpan<float> logits) => sampler.Choose(text, logits);

    public void Read(int id) => text.AddPrompt(id);

    public void Write(int id) => text.AddSampled(id);
}

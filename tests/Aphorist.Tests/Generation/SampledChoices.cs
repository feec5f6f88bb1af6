using Aphorist.Generation;
using Aphorist.Text;

namespace Aphorist.Tests.Generation;

/// <summary>A sampler with one text.</summary>
internal sealed class SampledChoices
{
    private readonly Sampler sampler;
    private readonly SampledText text;

    public SampledChoices(SamplingOptions options, ITokenizer tokenizer)
    {
        SamplingPlan plan = new(options, tokenizer);
        (sampler, text) = (new Sampler(plan), new SampledText(plan));
    }

    public int Choose(ReadOnlySpan<float> logits) => sampler.Choose(text, logits);

    public void Read(int id) => text.Read(id);

    public void Write(int id) => text.Write(id);
}

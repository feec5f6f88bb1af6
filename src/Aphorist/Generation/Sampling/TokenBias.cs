using System.Numerics.Tensors;

namespace Aphorist.Generation.Sampling;

/// <summary>Adds a number to the logit of each token; minus infinity bans it.</summary>
/// <param name="biases">[V].</param>
internal sealed class TokenBias(float[] biases) : ILogitsProcessor
{
    public void Apply(Span<float> logits, RecentTokens recent) => TensorPrimitives.Add(logits, biases, logits);
}

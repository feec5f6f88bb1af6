using System.Numerics.Tensors;
using Aphorist.Numerics;

namespace Aphorist.Generation;

/// <summary>Chooses one of the tokens by their logits.</summary>
internal sealed class Sampler
{
    private readonly SamplingOptions options;
    private readonly RandomStream random;
    private readonly double[] weights;
    private ulong choices;

    public Sampler(SamplingOptions options, int tokens)
    {
        this.options = options;
        random = new RandomStream(options.Seed, RandomPurpose.Sampling);
        weights = new double[tokens];
    }

    /// <summary>The first token that may be chosen: 0, or 1 to leave out the one that stands for unknown words, which says nothing.</summary>
    public int First { get; init; }

    /// <summary>
    /// Takes k with a probability proportional to exp((z_k - max z) / T), computed in double precision and without a logarithm of a probability, so
    /// nothing underflows that matters. A temperature of 0 takes the largest logit.
    /// </summary>
    public int Choose(ReadOnlySpan<float> logits)
    {
        logits = logits[First..];
        if (options.Temperature == 0) return First + TensorPrimitives.IndexOfMax(logits);
        float largest = TensorPrimitives.Max(logits);
        Span<double> weights = this.weights.AsSpan(First);
        for (int k = 0; k < weights.Length; k++) weights[k] = ((double)logits[k] - largest) / options.Temperature;
        TensorPrimitives.Exp<double>(weights, weights);
        double left = random.Uniform(choices++) * TensorPrimitives.Sum<double>(weights);
        for (int k = 0; k < weights.Length; k++)
        {
            left -= weights[k];
            if (left < 0) return First + k;
        }

        // Rounding may leave a little; what is likeliest is never far from right.
        return First + TensorPrimitives.IndexOfMax(logits);
    }
}

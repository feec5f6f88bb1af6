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

    /// <summary>
    /// Takes k with a probability proportional to exp((z_k - max z) / T), computed in double precision and without a logarithm of a probability, so
    /// nothing underflows that matters. A temperature of 0 takes the largest logit.
    /// </summary>
    public int Choose(ReadOnlySpan<float> logits)
    {
        if (options.Temperature == 0) return TensorPrimitives.IndexOfMax(logits);
        float largest = TensorPrimitives.Max(logits);
        for (int k = 0; k < weights.Length; k++) weights[k] = ((double)logits[k] - largest) / options.Temperature;
        TensorPrimitives.Exp<double>(weights, weights);
        double left = random.Uniform(choices++) * TensorPrimitives.Sum<double>(weights);
        for (int k = 0; k < weights.Length; k++)
        {
            left -= weights[k];
            if (left < 0) return k;
        }

        // Rounding may leave a little; what is likeliest is never far from right.
        return TensorPrimitives.IndexOfMax(logits);
    }
}

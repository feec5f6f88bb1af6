using System.Numerics.Tensors;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>What a model thinks may come next: its own probabilities, before any strategy.</summary>
public sealed class Prediction
{
    private readonly double[] probabilities;
    private readonly double[] logProbabilities;

    internal Prediction(ReadOnlySpan<float> logits)
        : this(logits.Length) => Become(logits);

    /// <summary>Makes room for one that is still to come.</summary>
    internal Prediction(int vocabularySize) => (probabilities, logProbabilities) = (new double[vocabularySize], new double[vocabularySize]);

    /// <summary>The natural logarithm of each token's probability.</summary>
    public ReadOnlySpan<double> LogProbabilities => logProbabilities;

    /// <summary>What is to be expected of the surprise -log p, in nats: 0 where the model is certain.</summary>
    public double Entropy
    {
        get
        {
            double sum = 0;
            for (int id = 0; id < probabilities.Length; id++)
            {
                if (probabilities[id] > 0) sum -= probabilities[id] * logProbabilities[id];
            }

            return sum;
        }
    }

    /// <summary>How many tokens are likelier than this one, and 1: the likeliest has rank 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public int GetRank(int id)
    {
        double logProbability = logProbabilities[TokenId.Checked(id, logProbabilities.Length)];
        return 1 + logProbabilities.Count(other => other > logProbability);
    }

    /// <summary>The ids of the likeliest tokens, in order.</summary>
    /// <param name="count">How many at most; 0 or more.</param>
    public IReadOnlyList<int> GetMostLikely(int count) =>
        [.. Enumerable.Range(0, logProbabilities.Length).OrderByDescending(id => logProbabilities[id]).Take(count)];

    /// <summary>Takes the place of this one, for whoever looks at one after the other.</summary>
    internal void Become(ReadOnlySpan<float> logits)
    {
        TensorPrimitives.ConvertTruncating(logits, logProbabilities);
        TensorPrimitives.Subtract(logProbabilities, TensorPrimitives.Max<double>(logProbabilities), logProbabilities);
        TensorPrimitives.Exp<double>(logProbabilities, probabilities);
        double sum = TensorPrimitives.Sum<double>(probabilities);
        TensorPrimitives.Subtract(logProbabilities, Math.Log(sum), logProbabilities);
        TensorPrimitives.Divide(probabilities, sum, probabilities);
    }
}

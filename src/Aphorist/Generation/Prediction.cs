using System.Numerics.Tensors;
using Aphorist.Text;

namespace Aphorist.Generation;

/// <summary>What a model thinks may come next: its own probabilities, before any strategy.</summary>
public sealed class Prediction
{
    private readonly double[] logProbabilities;

    internal Prediction(ReadOnlySpan<float> logits)
    {
        logProbabilities = new double[logits.Length];
        TensorPrimitives.ConvertTruncating(logits, logProbabilities);
        double largest = TensorPrimitives.Max<double>(logProbabilities), sum = 0;
        foreach (double logit in logProbabilities) sum += Math.Exp(logit - largest);
        TensorPrimitives.Subtract(logProbabilities, largest + Math.Log(sum), logProbabilities);
    }

    /// <summary>The natural logarithm of each token's probability.</summary>
    public ReadOnlySpan<double> LogProbabilities => logProbabilities;

    /// <summary>What is to be expected of the surprise -log p, in nats: 0 where the model is certain.</summary>
    public double Entropy => -logProbabilities.Sum(logProbability => double.IsInfinity(logProbability) ? 0 : Math.Exp(logProbability) * logProbability);

    /// <summary>How many tokens are likelier than this one, and 1: the likeliest has rank 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public int RankOf(int id)
    {
        double logProbability = logProbabilities[TokenId.Checked(id, logProbabilities.Length)];
        return 1 + logProbabilities.Count(other => other > logProbability);
    }

    /// <summary>The ids of the likeliest tokens, in order.</summary>
    /// <param name="count">How many at most; 0 or more.</param>
    public IReadOnlyList<int> Likeliest(int count) =>
        [.. Enumerable.Range(0, logProbabilities.Length).OrderByDescending(id => logProbabilities[id]).Take(count)];
}

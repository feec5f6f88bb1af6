using System.Numerics.Tensors;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>A model's probabilities for the next token, before any sampling option.</summary>
public sealed class Prediction
{
    private readonly double[] probabilities;
    private readonly double[] logProbabilities;

    internal Prediction(ReadOnlySpan<float> logits)
        : this(logits.Length) => Update(logits);

    /// <summary>Creates a prediction whose values are set by <see cref="Update"/>.</summary>
    internal Prediction(int vocabularySize) => (probabilities, logProbabilities) = (new double[vocabularySize], new double[vocabularySize]);

    /// <summary>Gets the natural logarithm of each token's probability, by token id.</summary>
    public ReadOnlySpan<double> LogProbabilities => logProbabilities;

    /// <summary>Gets the entropy in nats, which is the expected surprisal: 0 if the model is certain.</summary>
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

    /// <summary>Returns the rank of a token: 1 for the most likely one. Equally likely tokens have the same rank.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public int GetRank(int id)
    {
        double logProbability = logProbabilities[TokenId.Checked(id, logProbabilities.Length)];
        return 1 + logProbabilities.Count(other => other > logProbability);
    }

    /// <summary>Returns the ids of the most likely tokens, most likely first.</summary>
    /// <param name="count">The maximum number of tokens: 0 or more.</param>
    public IReadOnlyList<int> GetMostLikely(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return [.. Enumerable.Range(0, logProbabilities.Length).OrderByDescending(id => logProbabilities[id]).Take(count)];
    }

    /// <summary>Replaces the probabilities, so that the memory can be used again.</summary>
    internal void Update(ReadOnlySpan<float> logits)
    {
        TensorPrimitives.ConvertTruncating(logits, logProbabilities);
        TensorPrimitives.Subtract(logProbabilities, TensorPrimitives.Max<double>(logProbabilities), logProbabilities);
        TensorPrimitives.Exp<double>(logProbabilities, probabilities);
        double sum = TensorPrimitives.Sum<double>(probabilities);
        TensorPrimitives.Subtract(logProbabilities, Math.Log(sum), logProbabilities);
        TensorPrimitives.Divide(probabilities, sum, probabilities);
    }
}

namespace Aphorist.Reference;

/// <summary>Softmax, p_k = exp(z_k) / sum_j exp(z_j), and the cross-entropy.</summary>
public static class Softmax
{
    /// <summary>Returns softmax(z). The maximum is subtracted first, which does not change the result but keeps exp finite.</summary>
    public static double[] Probabilities(double[] logits)
    {
        double greatest = logits.Max();
        double[] weights = [.. logits.Select(logit => Math.Exp(logit - greatest))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    /// <summary>
    /// Returns the sampling probabilities softmax(z / T). For T = 0 the first of the most likely tokens has probability 1.
    /// </summary>
    public static double[] Probabilities(double[] logits, double temperature)
    {
        if (temperature > 0) return Probabilities([.. logits.Select(logit => logit / temperature)]);
        double[] probabilities = new double[logits.Length];
        probabilities[Array.IndexOf(logits, logits.Max())] = 1;
        return probabilities;
    }

    /// <summary>Returns the cross-entropy -ln p_target = ln(sum_j exp(z_j)) - z_target in nats.</summary>
    public static double CrossEntropy(double[] logits, int target)
    {
        double greatest = logits.Max();
        return greatest + Math.Log(logits.Sum(logit => Math.Exp(logit - greatest))) - logits[target];
    }

    /// <summary>Returns the gradient d(-ln p_target)/dz = p - onehot(target).</summary>
    public static double[] CrossEntropyGradient(double[] logits, int target)
    {
        double[] gradient = Probabilities(logits);
        gradient[target] -= 1;
        return gradient;
    }
}

namespace Aphorist.Reference;

/// <summary>Softmax: p_k = exp(z_k) / sum_j exp(z_j), and what follows from it.</summary>
public static class Softmax
{
    /// <summary>The probabilities that these logits mean. Subtracting the greatest logit changes nothing but keeps exp finite.</summary>
    public static double[] Probabilities(double[] logits)
    {
        double greatest = logits.Max();
        double[] weights = [.. logits.Select(logit => Math.Exp(logit - greatest))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    /// <summary>The probabilities with which a character is drawn: softmax(z / T), and for T = 0 all on the first of the greatest.</summary>
    public static double[] Probabilities(double[] logits, double temperature)
    {
        if (temperature > 0) return Probabilities([.. logits.Select(logit => logit / temperature)]);
        double[] probabilities = new double[logits.Length];
        probabilities[Array.IndexOf(logits, logits.Max())] = 1;
        return probabilities;
    }

    /// <summary>-ln p_target, in nats: ln(sum_j exp(z_j)) - z_target.</summary>
    public static double CrossEntropy(double[] logits, int target)
    {
        double greatest = logits.Max();
        return greatest + Math.Log(logits.Sum(logit => Math.Exp(logit - greatest))) - logits[target];
    }

    /// <summary>d(-ln p_target)/dz = p - onehot(target).</summary>
    public static double[] CrossEntropyGradient(double[] logits, int target)
    {
        double[] gradient = Probabilities(logits);
        gradient[target] -= 1;
        return gradient;
    }
}

namespace Aphorist.Reference;

/// <summary>The layer normalization of the outputs of one layer at each step.</summary>
/// <remarks>n = (h - mean(h)) / sqrt(mean((h - mean(h))^2) + 1e-5); y = g n + b.</remarks>
public sealed class NormalizationRun
{
    private const double Epsilon = 1e-5;

    private readonly double[] gain;
    private readonly string gainName, biasName;
    private readonly double[][] normalized;
    private readonly double[] deviations;

    public NormalizationRun(ReferenceParameters parameters, int layer, double[][] hidden)
    {
        (gainName, biasName) = ($"layer_norm.weight_l{layer}", $"layer_norm.bias_l{layer}");
        gain = parameters[gainName];
        double[] means = [.. hidden.Select(h => h.Average())];
        deviations = [.. hidden.Select((h, time) => Math.Sqrt(h.Average(value => Math.Pow(value - means[time], 2)) + Epsilon))];
        normalized = [.. hidden.Select((h, time) => h.Select(value => (value - means[time]) / deviations[time]).ToArray())];
        Outputs = [.. normalized.Select(n => n.Select((value, unit) => gain[unit] * value + parameters[biasName][unit]).ToArray())];
    }

    /// <summary>The normalized outputs y, [steps][H].</summary>
    public double[][] Outputs { get; }

    /// <summary>
    /// Runs the backward pass with the gradients of y: adds to the gradients of the parameters and returns the gradients of h.
    /// </summary>
    public double[][] Backward(double[][] outputGradients, ReferenceParameters gradients) =>
        [.. outputGradients.Select((gradient, time) => Backward(normalized[time], deviations[time], gradient, gradients))];

    private double[] Backward(double[] n, double deviation, double[] outputGradient, ReferenceParameters gradients)
    {
        for (int unit = 0; unit < n.Length; unit++)
        {
            gradients[gainName][unit] += outputGradient[unit] * n[unit];
            gradients[biasName][unit] += outputGradient[unit];
        }

        // n has mean 0 and a fixed length, so the components that would change either are removed from its gradient.
        double[] dn = [.. outputGradient.Select((value, unit) => value * gain[unit])];
        double mean = dn.Average(), along = dn.Select((value, unit) => value * n[unit]).Average();
        return [.. dn.Select((value, unit) => (value - mean - n[unit] * along) / deviation)];
    }
}

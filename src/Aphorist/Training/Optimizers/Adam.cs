using System.Numerics;

namespace Aphorist.Training.Optimizers;

/// <summary>
/// Adam: m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; w -= learning rate * m^ / (sqrt(v^) + epsilon), where m^ and v^ are m and v
/// divided by 1 - beta^t. Weight decay is added to the gradient or, in AdamW, subtracted from the parameters directly.
/// </summary>
internal readonly record struct Adam(float WeightDecay, bool IsDecoupled) : IUpdateRule<Adam>
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Epsilon = 1e-8f;

    public static IReadOnlyList<string> Moments { get; } = [OptimizerState.AdamMean, OptimizerState.AdamMeanSquare];

    private float StepSize { get; init; }

    private float RootCorrection { get; init; }

    private float Shrinkage { get; init; }

    public Adam At(OptimizerStep step) => this with
    {
        StepSize = (float)(step.LearningRate / (1 - Math.Pow(Beta1, step.Number))),
        RootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, step.Number))),
        Shrinkage = IsDecoupled ? step.LearningRate * WeightDecay : 0,
    };

    public Vector<float> Change(Vector<float> parameters, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
    {
        Vector<float> g = IsDecoupled ? gradient : gradient + parameters * WeightDecay;
        first = first * Beta1 + g * (1 - Beta1);
        second = second * Beta2 + g * g * (1 - Beta2);
        return parameters * Shrinkage + first * StepSize / (Vector.SquareRoot(second) * RootCorrection + new Vector<float>(Epsilon));
    }
}

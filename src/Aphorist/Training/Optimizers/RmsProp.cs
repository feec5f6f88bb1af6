using System.Numerics;

namespace Aphorist.Training.Optimizers;

/// <summary>RMSprop as in Keras: a = rho a + (1 - rho) g^2; w -= learning rate * g / (sqrt(a) + epsilon).</summary>
internal readonly record struct RmsProp(float WeightDecay) : IUpdateRule<RmsProp>
{
    private const float Rho = 0.9f;
    private const float Epsilon = 1e-7f;

    public static IReadOnlyList<string> Moments { get; } = [OptimizerState.RmsPropMeanSquare];

    private float LearningRate { get; init; }

    public RmsProp At(OptimizerStep step) => this with { LearningRate = step.LearningRate };

    public Vector<float> Change(Vector<float> parameters, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
    {
        Vector<float> g = gradient + parameters * WeightDecay;
        first = first * Rho + g * g * (1 - Rho);
        return g * LearningRate / (Vector.SquareRoot(first) + new Vector<float>(Epsilon));
    }
}

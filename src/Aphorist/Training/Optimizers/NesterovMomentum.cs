using System.Numerics;

namespace Aphorist.Training.Optimizers;

/// <summary>Stochastic gradient descent with Nesterov momentum as in PyTorch: b = mu b + g; w -= learning rate * (g + mu b), with mu = 0.9.</summary>
internal readonly record struct NesterovMomentum(float WeightDecay) : IUpdateRule<NesterovMomentum>
{
    private const float Momentum = 0.9f;

    public static IReadOnlyList<string> Moments { get; } = [OptimizerState.SgdMomentum];

    private float LearningRate { get; init; }

    public NesterovMomentum At(OptimizerStep step) => this with { LearningRate = step.LearningRate };

    public Vector<float> Change(Vector<float> parameters, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
    {
        Vector<float> g = gradient + parameters * WeightDecay;
        first = first * Momentum + g;
        return (g + first * Momentum) * LearningRate;
    }
}

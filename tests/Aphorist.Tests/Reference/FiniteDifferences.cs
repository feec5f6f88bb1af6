using Aphorist.Reference;

namespace Aphorist.Tests.Reference;

/// <summary>Derivatives of the reference's loss by moving one parameter at a time.</summary>
internal static class FiniteDifferences
{
    // The error of a central difference is about step^2 (third derivative) + rounding / step; with 1e-5 both are near 1e-10.
    private const double Step = 1e-5;

    /// <summary>The derivative of the loss by every parameter of one tensor, to about nine digits of the loss's scale.</summary>
    public static double[] Of(ReferenceModel model, double[] tensor, ReferenceBatch batch)
    {
        double[] derivatives = new double[tensor.Length];
        for (int index = 0; index < tensor.Length; index++)
        {
            double value = tensor[index];
            tensor[index] = value + Step;
            double above = model.Loss(batch);
            tensor[index] = value - Step;
            double below = model.Loss(batch);
            tensor[index] = value;
            derivatives[index] = (above - below) / (2 * Step);
        }

        return derivatives;
    }

    /// <summary>The smallest distance of any sum to a kink of its activation, where that has no derivative.</summary>
    public static double DistanceToKink(ReferenceModel model, ReferenceBatch batch) =>
        model.GateSums(batch).Min(model.Spec.Gate.DistanceToKink);

    /// <summary>The share of gates whose hard sigmoid is clipped.</summary>
    public static double ClippedShare(ReferenceModel model, ReferenceBatch batch) =>
        model.GateSums(batch).Average(sum => Math.Abs(sum) > 2.5 ? 1.0 : 0.0);
}

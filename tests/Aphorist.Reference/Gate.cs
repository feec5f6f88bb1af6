namespace Aphorist.Reference;

/// <summary>The activations s of the gates of LSTMs and GRUs and of the units of RNNs, and their derivatives.</summary>
public abstract class Gate
{
    /// <summary>s(x) = 1 / (1 + exp(-x)).</summary>
    public static Gate Sigmoid { get; } = new SigmoidGate();

    /// <summary>s(x) = clip(0.2 x + 0.5, 0, 1), the default in Keras up to 2.2.</summary>
    public static Gate HardSigmoid { get; } = new HardSigmoidGate();

    /// <summary>s(x) = tanh(x).</summary>
    public static Gate Tanh { get; } = new TanhGate();

    /// <summary>s(x) = max(0, x).</summary>
    public static Gate Relu { get; } = new ReluGate();

    /// <summary>Returns s(x).</summary>
    public abstract double Value(double x);

    /// <summary>Returns ds/dx.</summary>
    public abstract double Derivative(double x);

    /// <summary>Returns the distance of x to the nearest place where s has no derivative.</summary>
    public virtual double DistanceToKink(double x) => double.PositiveInfinity;

    private sealed class SigmoidGate : Gate
    {
        public override double Value(double x) => 1 / (1 + Math.Exp(-x));

        public override double Derivative(double x) => Value(x) * (1 - Value(x));
    }

    private sealed class HardSigmoidGate : Gate
    {
        public override double Value(double x) => Math.Clamp(0.2 * x + 0.5, 0, 1);

        // The derivative is undefined at x = -2.5 and x = 2.5. It is taken as 0 there.
        public override double Derivative(double x) => Math.Abs(x) < 2.5 ? 0.2 : 0;

        public override double DistanceToKink(double x) => Math.Abs(Math.Abs(x) - 2.5);
    }

    private sealed class TanhGate : Gate
    {
        public override double Value(double x) => Math.Tanh(x);

        public override double Derivative(double x) => 1 - Math.Tanh(x) * Math.Tanh(x);
    }

    private sealed class ReluGate : Gate
    {
        public override double Value(double x) => Math.Max(0, x);

        // The derivative is undefined at x = 0. It is taken as 0 there.
        public override double Derivative(double x) => x > 0 ? 1 : 0;

        public override double DistanceToKink(double x) => Math.Abs(x);
    }
}

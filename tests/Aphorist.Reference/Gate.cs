namespace Aphorist.Reference;

/// <summary>The two activations s of the gates of LSTMs and GRUs, and their derivatives.</summary>
public abstract class Gate
{
    /// <summary>s(x) = 1 / (1 + exp(-x)).</summary>
    public static Gate Sigmoid { get; } = new SigmoidGate();

    /// <summary>s(x) = clip(0.2 x + 0.5, 0, 1), the default in Keras up to 2.2.</summary>
    public static Gate HardSigmoid { get; } = new HardSigmoidGate();

    /// <summary>Returns s(x).</summary>
    public abstract double Value(double x);

    /// <summary>Returns ds/dx.</summary>
    public abstract double Derivative(double x);

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
    }
}

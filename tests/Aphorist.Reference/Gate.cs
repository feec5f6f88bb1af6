namespace Aphorist.Reference;

/// <summary>The two functions s that the gates of LSTMs and GRUs use, and their derivatives.</summary>
public abstract class Gate
{
    /// <summary>s(x) = 1 / (1 + exp(-x)).</summary>
    public static Gate Sigmoid { get; } = new SigmoidGate();

    /// <summary>s(x) = clip(0.2 x + 0.5, 0, 1), as Keras had it up to 2.2.</summary>
    public static Gate HardSigmoid { get; } = new HardSigmoidGate();

    /// <summary>s(x).</summary>
    public abstract double Value(double x);

    /// <summary>ds/dx.</summary>
    public abstract double Derivative(double x);

    private sealed class SigmoidGate : Gate
    {
        public override double Value(double x) => 1 / (1 + Math.Exp(-x));

        public override double Derivative(double x) => Value(x) * (1 - Value(x));
    }

    private sealed class HardSigmoidGate : Gate
    {
        public override double Value(double x) => Math.Clamp(0.2 * x + 0.5, 0, 1);

        // Undefined at the kinks, x = -2.5 and x = 2.5; there 0 is taken.
        public override double Derivative(double x) => Math.Abs(x) < 2.5 ? 0.2 : 0;
    }
}

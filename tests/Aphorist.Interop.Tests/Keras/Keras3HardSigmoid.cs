using Aphorist.Reference;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>s(x) = relu6(x + 3) / 6, which Keras 3 calls hard_sigmoid.</summary>
internal sealed class Keras3HardSigmoid : Gate
{
    public override double Value(double x) => Math.Clamp(x + 3, 0, 6) / 6;

    public override double Derivative(double x) => Math.Abs(x) < 3 ? 1 / 6.0 : 0;
}

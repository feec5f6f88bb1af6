using System.Numerics;
using System.Runtime.InteropServices;

namespace Aphorist.Training;

/// <summary>RMSprop as Keras has it: a = rho a + (1 - rho) g^2; w -= learningRate g / (sqrt(a) + epsilon), with rho = 0.9 and epsilon = 1e-7.</summary>
internal static class RmsProp
{
    private const float Rho = 0.9f;
    private const float Epsilon = 1e-7f;

    /// <summary>One step of some parameters, which are the same places in all three spans.</summary>
    public static void Update(Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> meanSquare, float learningRate)
    {
        Span<Vector<float>> w = MemoryMarshal.Cast<float, Vector<float>>(parameters), a = MemoryMarshal.Cast<float, Vector<float>>(meanSquare);
        ReadOnlySpan<Vector<float>> g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        for (int index = 0; index < w.Length; index++)
        {
            Vector<float> mean = a[index] * Rho + g[index] * g[index] * (1 - Rho);
            a[index] = mean;
            w[index] -= g[index] * learningRate / (Vector.SquareRoot(mean) + new Vector<float>(Epsilon));
        }

        for (int index = w.Length * Vector<float>.Count; index < parameters.Length; index++)
        {
            meanSquare[index] = meanSquare[index] * Rho + gradient[index] * gradient[index] * (1 - Rho);
            parameters[index] -= gradient[index] * learningRate / (MathF.Sqrt(meanSquare[index]) + Epsilon);
        }
    }
}

using System.Numerics;
using System.Runtime.InteropServices;

namespace Aphorist.Training.Optimizers;

/// <summary>Updates parameters from their gradients. Its moments have the layout of the parameters.</summary>
/// <remarks>Each parameter is updated independently, so the result does not depend on how they are divided between threads.</remarks>
internal abstract class Optimizer
{
    /// <summary>The names of the one or two moments, as a checkpoint has them.</summary>
    public abstract IReadOnlyList<string> Moments { get; }

    public static Optimizer Create(OptimizerKind kind, double weightDecay) => kind switch
    {
        OptimizerKind.RmsProp => new Optimizer<RmsProp>(new RmsProp((float)weightDecay)),
        OptimizerKind.Adam => new Optimizer<Adam>(new Adam((float)weightDecay, IsDecoupled: false)),
        OptimizerKind.AdamW => new Optimizer<Adam>(new Adam((float)weightDecay, IsDecoupled: true)),
        OptimizerKind.Sgd => new Optimizer<NesterovMomentum>(new NesterovMomentum((float)weightDecay)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not an optimizer."),
    };

    /// <summary>Updates some parameters.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="gradient">Their gradients.</param>
    /// <param name="first">The first moment.</param>
    /// <param name="second">The second moment; empty if there is none.</param>
    /// <param name="step">The values that are the same for all parameters.</param>
    public abstract void Update(Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, OptimizerStep step);
}

/// <summary>The values of a training step that are the same for all parameters.</summary>
/// <param name="Number">The number of the step, from 1.</param>
/// <param name="LearningRate">The learning rate. 0 leaves the parameters unchanged.</param>
/// <param name="GradientScale">The factor of every gradient, below 1 to clip the norm.</param>
/// <param name="GradientLimit">The maximum absolute value of a gradient after scaling.</param>
internal readonly record struct OptimizerStep(long Number, float LearningRate, float GradientScale = 1, float GradientLimit = float.PositiveInfinity);

/// <summary>The formula of an optimizer, for a vector of parameters. A struct, so that the loop over parameters is compiled for each.</summary>
internal interface IUpdateRule<TSelf>
    where TSelf : struct, IUpdateRule<TSelf>
{
    /// <summary>See <see cref="Optimizer.Moments"/>.</summary>
    static abstract IReadOnlyList<string> Moments { get; }

    /// <summary>Precomputes what is the same for all parameters of a step.</summary>
    TSelf At(OptimizerStep step);

    /// <summary>Updates the moments and returns what to subtract from the parameters.</summary>
    Vector<float> Change(Vector<float> parameters, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second);
}

/// <summary>An optimizer with a given formula.</summary>
internal sealed class Optimizer<TRule>(TRule rule) : Optimizer
    where TRule : struct, IUpdateRule<TRule>
{
    public override IReadOnlyList<string> Moments => TRule.Moments;

    public override void Update(Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, OptimizerStep step)
    {
        int whole = parameters.Length - parameters.Length % Vector<float>.Count, rest = parameters.Length - whole;
        TRule current = rule.At(step);
        UpdateVectors(current, parameters[..whole], gradient[..whole], first[..whole], second[..Math.Min(whole, second.Length)], step);
        if (rest == 0) return;
        // The rest is padded with zeros to one vector.
        Span<float> padded = stackalloc float[4 * Vector<float>.Count];
        padded.Clear();
        Span<float> w = padded[..Vector<float>.Count], g = padded.Slice(w.Length, w.Length);
        Span<float> m = padded.Slice(2 * w.Length, w.Length), v = padded[(3 * w.Length)..];
        parameters[whole..].CopyTo(w);
        gradient[whole..].CopyTo(g);
        first[whole..].CopyTo(m);
        if (second.Length > 0) second[whole..].CopyTo(v);
        UpdateVectors(current, w, g, m, v, step);
        w[..rest].CopyTo(parameters[whole..]);
        m[..rest].CopyTo(first[whole..]);
        if (second.Length > 0) v[..rest].CopyTo(second[whole..]);
    }

    private static void UpdateVectors(
        TRule rule, Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, OptimizerStep step)
    {
        Span<Vector<float>> w = Vectors(parameters), m = Vectors(first), v = Vectors(second);
        ReadOnlySpan<Vector<float>> g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        Vector<float> limit = new(step.GradientLimit), scale = new(step.GradientScale), unused = default;
        for (int index = 0; index < w.Length; index++)
        {
            Vector<float> clipped = Vector.Min(limit, Vector.Max(-limit, g[index] * scale));
            if (v.Length > 0) w[index] -= rule.Change(w[index], clipped, ref m[index], ref v[index]);
            else w[index] -= rule.Change(w[index], clipped, ref m[index], ref unused);
        }
    }

    private static Span<Vector<float>> Vectors(Span<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);
}

using System.Numerics;
using System.Runtime.InteropServices;

namespace Aphorist.Training.Optimizers;

/// <summary>Moves parameters along their gradients, value by value; moments have the parameters' layout.</summary>
/// <remarks>However the values are shared out between threads, the result has the same bits, since each value has its own update.</remarks>
internal abstract class Optimizer
{
    /// <summary>What the optimizer remembers of each parameter, by the names that a checkpoint has: one or two.</summary>
    public abstract IReadOnlyList<string> Moments { get; }

    public static Optimizer Create(OptimizerKind kind, double weightDecay) => kind switch
    {
        OptimizerKind.RmsProp => new Optimizer<RmsProp>(new RmsProp((float)weightDecay)),
        OptimizerKind.Adam => new Optimizer<Adam>(new Adam((float)weightDecay, IsDecoupled: false)),
        OptimizerKind.AdamW => new Optimizer<Adam>(new Adam((float)weightDecay, IsDecoupled: true)),
        OptimizerKind.Sgd => new Optimizer<NesterovMomentum>(new NesterovMomentum((float)weightDecay)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such optimizer."),
    };

    /// <summary>One step of some parameters.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="gradient">Their gradients.</param>
    /// <param name="first">The first moment.</param>
    /// <param name="second">The second moment; empty if there is none.</param>
    /// <param name="step">What all parameters share.</param>
    public abstract void Update(Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, OptimizerStep step);
}

/// <summary>An optimizer of one rule.</summary>
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
        // What is left goes through a vector that is filled up with zeros.
        Span<float> padded = stackalloc float[4 * Vector<float>.Count];
        padded.Clear();
        Span<float> w = padded[..Vector<float>.Count], g = padded.Slice(w.Length, w.Length), m = padded.Slice(2 * w.Length, w.Length), v = padded[(3 * w.Length)..];
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

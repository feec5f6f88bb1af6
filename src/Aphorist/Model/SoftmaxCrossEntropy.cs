using System.Runtime.CompilerServices;
using Aphorist.Numerics;

namespace Aphorist.Model;

/// <summary>Softmax and cross-entropy combined: the loss is log(sum exp(z)) - z_target, its gradient p - onehot(target).</summary>
internal abstract unsafe class SoftmaxCrossEntropy
{
    public static SoftmaxCrossEntropy Create(InstructionSet set) =>
        set == InstructionSet.Vector512 ? new SoftmaxCrossEntropy<Lanes512>()
        : set == InstructionSet.Vector256 ? new SoftmaxCrossEntropy<Lanes256>()
        : new SoftmaxCrossEntropy<Lanes128>();

    /// <summary>Returns the loss of one prediction in nats and replaces its logits by their gradient.</summary>
    /// <param name="logits">[classes].</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="target">The correct class.</param>
    /// <param name="scale">The factor of the gradient: 1 / batch for a mean over a batch.</param>
    /// <param name="correct">Whether the target has the largest logit. Of equal logits, the first counts.</param>
    public abstract double Run(float* logits, int classes, int target, float scale, out bool correct);
}

/// <summary>The loss for one vector width.</summary>
internal sealed unsafe class SoftmaxCrossEntropy<TLanes> : SoftmaxCrossEntropy
    where TLanes : unmanaged, ILanes<TLanes>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Run(float* logits, int classes, int target, float scale, out bool correct)
    {
        int whole = classes - classes % TLanes.Count;
        float largest = logits[0];
        int mostLikely = 0;
        for (int k = 1; k < classes; k++)
        {
            if (logits[k] > largest) (largest, mostLikely) = (logits[k], k);
        }

        correct = mostLikely == target;
        double margin = (double)largest - logits[target];
        float sum = Exponentiate<TLanes>(logits, 0, whole, largest) + Exponentiate<Lanes1>(logits, whole, classes, largest);
        Scale<TLanes>(logits, 0, whole, scale / sum);
        Scale<Lanes1>(logits, whole, classes, scale / sum);
        logits[target] -= scale;
        return Math.Log(sum) + margin;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Exponentiate<T>(float* logits, int first, int end, float largest)
        where T : unmanaged, ILanes<T>
    {
        T sum = T.Zero, shift = T.Broadcast(largest);
        for (int k = first; k < end; k += T.Count)
        {
            T exponential = Activations.Exp(T.Load(logits + k) - shift);
            exponential.Store(logits + k);
            sum += exponential;
        }

        return sum.Sum();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale<T>(float* values, int first, int end, float factor)
        where T : unmanaged, ILanes<T>
    {
        T factors = T.Broadcast(factor);
        for (int k = first; k < end; k += T.Count) (T.Load(values + k) * factors).Store(values + k);
    }
}

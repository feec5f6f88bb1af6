using System.Runtime.CompilerServices;
using Aphorist.Model.Layers.Lstm;
using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Rnn;

/// <summary>
/// The element-wise part of a vanilla RNN, h' = f(x W + b + h U) with f = tanh or relu: forward pass and backward pass. The caller computes
/// the matrix products.
/// </summary>
internal abstract unsafe class RnnCell
{
    public static RnnCell Create(InstructionSet set, Activation activation) => activation switch
    {
        Activation.Tanh => Create<TanhGate>(set),
        Activation.Relu => Create<ReluGate>(set),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation."),
    };

    /// <summary>Computes one step of <paramref name="rows"/> sequences.</summary>
    /// <param name="sums">[rows, H]: h U, and x W for vector inputs.</param>
    /// <param name="inputs">[V, H]: W + b of each token. Each sequence uses the row of its token.</param>
    /// <param name="tokens">[rows].</param>
    /// <param name="hidden">[rows, H]: h'; may be <paramref name="sums"/>.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void Forward(float* sums, float* inputs, int* tokens, float* hidden, int rows, int hiddenSize);

    /// <summary>The backward pass of the same step. The derivative of both activations follows from h'.</summary>
    /// <param name="hidden">[rows, H]: h'.</param>
    /// <param name="hiddenGradient">[rows, H]: dh'.</param>
    /// <param name="sumGradient">[rows, H]: receives the gradient of the sums.</param>
    /// <param name="tokens">[rows].</param>
    /// <param name="inputGradient">[V, H]: the gradient of each sequence is added to the row of its token.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void Backward(
        float* hidden, float* hiddenGradient, float* sumGradient, int* tokens, float* inputGradient, int rows, int hiddenSize);

    private static RnnCell Create<TActivation>(InstructionSet set)
        where TActivation : struct, IGate =>
        set == InstructionSet.Vector512 ? new RnnCell<Lanes512, TActivation>()
        : set == InstructionSet.Vector256 ? new RnnCell<Lanes256, TActivation>()
        : new RnnCell<Lanes128, TActivation>();
}

/// <summary>
/// The cell for one vector width and one activation. Each loop is a separate method; see <see cref="LstmCell{TLanes, TGate}"/>.
/// </summary>
internal sealed unsafe class RnnCell<TLanes, TActivation> : RnnCell
    where TLanes : unmanaged, ILanes<TLanes>
    where TActivation : struct, IGate
{
    public override void Forward(float* sums, float* inputs, int* tokens, float* hidden, int rows, int hiddenSize)
    {
        int whole = hiddenSize - hiddenSize % TLanes.Count;
        for (int row = 0; row < rows; row++)
        {
            float* input = inputs + (nint)tokens[row] * hiddenSize;
            ActivateUnits<TLanes>(sums, input, hidden, 0, whole);
            if (whole < hiddenSize) ActivateUnits<Lanes1>(sums, input, hidden, whole, hiddenSize);
            sums += hiddenSize;
            hidden += hiddenSize;
        }
    }

    public override void Backward(
        float* hidden, float* hiddenGradient, float* sumGradient, int* tokens, float* inputGradient, int rows, int hiddenSize)
    {
        int whole = hiddenSize - hiddenSize % TLanes.Count;
        for (int row = 0; row < rows; row++)
        {
            float* input = inputGradient + (nint)tokens[row] * hiddenSize;
            BackwardUnits<TLanes>(hidden, hiddenGradient, sumGradient, input, 0, whole);
            if (whole < hiddenSize) BackwardUnits<Lanes1>(hidden, hiddenGradient, sumGradient, input, whole, hiddenSize);
            hidden += hiddenSize;
            hiddenGradient += hiddenSize;
            sumGradient += hiddenSize;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ActivateUnits<T>(float* sums, float* input, float* hidden, int first, int end)
        where T : unmanaged, ILanes<T>
    {
        for (int unit = first; unit < end; unit += T.Count)
            TActivation.Activate(T.Load(sums + unit) + T.Load(input + unit)).Store(hidden + unit);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void BackwardUnits<T>(float* hidden, float* hiddenGradient, float* sumGradient, float* input, int first, int end)
        where T : unmanaged, ILanes<T>
    {
        for (int unit = first; unit < end; unit += T.Count)
        {
            T gradient = TActivation.Backward(T.Load(hidden + unit), T.Load(hiddenGradient + unit));
            gradient.Store(sumGradient + unit);
            (T.Load(input + unit) + gradient).Store(input + unit);
        }
    }
}

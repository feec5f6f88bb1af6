using Aphorist.Training;

namespace Aphorist.Peers;

/// <summary>The sizes of one training step on a stream: every time step is predicted, the state is carried from step to step.</summary>
/// <param name="Kind">The kind of every recurrent layer.</param>
/// <param name="Hidden">Units of each layer.</param>
/// <param name="Layers">Recurrent layers, one on top of the other.</param>
/// <param name="Batch">Sequences side by side.</param>
internal sealed record StreamShape(RecurrentKind Kind, int Hidden, int Layers, int Batch)
{
    /// <summary>Time steps of one training step.</summary>
    public const int Sequence = 64;

    /// <summary>Characters that there are: tinyshakespeare's 65.</summary>
    public const int Characters = 65;

    public const float LearningRate = 2e-3f;

    /// <summary>The norm to which the gradient of all parameters together is cut.</summary>
    public const float GradientClip = 5;

    /// <summary>The layers that a comparison goes through.</summary>
    public static IEnumerable<StreamShape> All(int batch) =>
        from kind in Enum.GetValues<RecurrentKind>()
        from hidden in (int[])[128, 256, 512, 1024]
        from layers in (int[])[1, 2, 3]
        select new StreamShape(kind, hidden, layers, batch);

    /// <summary>Gates and candidates of a unit: rows of its matrices in PyTorch's layout.</summary>
    public int Gates => Kind == RecurrentKind.Lstm ? 4 : 3;

    /// <summary>
    /// Floating-point operations of the matrix products that a step cannot do without, a multiplication and an addition for each pair: forwards, to
    /// the inputs, to the weights. The first layer's one-hot input needs none, and nothing goes back into the carried state.
    /// </summary>
    public double Operations
    {
        get
        {
            double square = (double)Gates * Hidden * Hidden;
            double recurrent = Layers * square * ((3 * Sequence) - 1), between = (Layers - 1) * square * 3 * Sequence;
            double decoder = (double)Hidden * Characters * 3 * Sequence;
            return 2 * Batch * (recurrent + between + decoder);
        }
    }
}

namespace Aphorist.Peers;

/// <summary>The sizes of a training step on a stream: every time step is predicted, and the state is carried from step to step.</summary>
/// <param name="Kind">The kind of all recurrent layers.</param>
/// <param name="Hidden">The hidden size.</param>
/// <param name="Layers">The number of layers.</param>
/// <param name="Batch">The batch size.</param>
internal sealed record StreamShape(RecurrentKind Kind, int Hidden, int Layers, int Batch)
{
    /// <summary>The sequence length.</summary>
    public const int Sequence = 64;

    /// <summary>The vocabulary size, that of tinyshakespeare.</summary>
    public const int Characters = 65;

    public const float LearningRate = 2e-3f;

    /// <summary>The maximum norm of the gradient of all parameters together.</summary>
    public const float GradientClip = 5;

    /// <summary>Returns all shapes that are compared.</summary>
    public static IEnumerable<StreamShape> All(int batch) =>
        from kind in Enum.GetValues<RecurrentKind>()
        from hidden in (int[])[128, 256, 512, 1024]
        from layers in (int[])[1, 2, 3]
        select new StreamShape(kind, hidden, layers, batch);

    /// <summary>The number of gates and candidates per unit, which is its number of rows in PyTorch's matrices.</summary>
    public int Gates => Kind switch
    {
        RecurrentKind.Lstm => 4,
        RecurrentKind.Gru => 3,
        _ => 1,
    };

    /// <summary>
    /// The number of floating-point operations of the matrix products that a step needs: the forward pass and the gradients of inputs and
    /// weights. A multiplication and an addition count as two operations. The one-hot input of the first layer needs no product, and the
    /// carried state gets no gradient.
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

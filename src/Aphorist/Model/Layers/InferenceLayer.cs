namespace Aphorist.Model.Layers;

/// <summary>The states of several texts in one layer.</summary>
internal abstract unsafe class InferenceLayer
{
    /// <summary>Resets the states of all texts.</summary>
    public abstract void Clear();

    /// <summary>Resets the state of one text.</summary>
    public abstract void Clear(int row);

    /// <summary>Computes one step of <paramref name="count"/> texts, starting with <paramref name="first"/>.</summary>
    /// <param name="input">The inputs of these texts.</param>
    /// <param name="first">The first text.</param>
    /// <param name="count">The number of texts.</param>
    public abstract void Advance(LayerInput input, int first, int count);

    /// <summary>Copies the state of a text from another instance of the same layer, which may be this one.</summary>
    public abstract void CopyFrom(InferenceLayer other, int from, int to);

    /// <summary>The outputs [H] of the texts, starting with <paramref name="first"/>.</summary>
    public abstract float* Output(int first);

    /// <summary>The values [H] that represent the cells of a text: tanh(c) for an LSTM, h for other layers.</summary>
    public abstract ReadOnlySpan<float> Cells(int row);

    /// <summary>The memory [H] of a text that gates protect, c; empty for layers other than LSTMs.</summary>
    public virtual ReadOnlySpan<float> Memory(int row) => [];

    /// <summary>One gate, or the candidate, [H] of a text after the last step.</summary>
    /// <param name="row">The text.</param>
    /// <param name="place">The index of the block, see <see cref="LayerKind.Blocks"/>.</param>
    public abstract ReadOnlySpan<float> Gate(int row, int place);
}

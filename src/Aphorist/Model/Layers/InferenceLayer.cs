namespace Aphorist.Model.Layers;

/// <summary>The states of some texts in one layer.</summary>
internal abstract unsafe class InferenceLayer
{
    /// <summary>Resets the states of all texts.</summary>
    public abstract void Clear();

    /// <summary>Resets the state of one text.</summary>
    public abstract void Clear(int row);

    /// <summary>One step of <paramref name="count"/> texts from <paramref name="first"/> on.</summary>
    /// <param name="input">Their inputs.</param>
    /// <param name="first">The first text.</param>
    /// <param name="count">The number of texts.</param>
    public abstract void Advance(LayerInput input, int first, int count);

    /// <summary>Copies the state of a text from another instance for the same layer, which may be this one.</summary>
    public abstract void CopyFrom(InferenceLayer other, int from, int to);

    /// <summary>The outputs [H] of the texts from <paramref name="first"/> on.</summary>
    public abstract float* Output(int first);

    /// <summary>The values [H] that represent the cells of a text: tanh(c) of an LSTM, h of the others.</summary>
    public abstract ReadOnlySpan<float> Cells(int row);

    /// <summary>One of the gates [H] of a text, after the last step.</summary>
    /// <param name="row">The text.</param>
    /// <param name="place">The index of the gate in the order of the cell.</param>
    public abstract ReadOnlySpan<float> Gate(int row, int place);
}

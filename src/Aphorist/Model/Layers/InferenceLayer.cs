namespace Aphorist.Model.Layers;

/// <summary>What one layer remembers of some texts.</summary>
internal abstract unsafe class InferenceLayer
{
    /// <summary>Forgets all texts.</summary>
    public abstract void Clear();

    /// <summary>Forgets one text.</summary>
    public abstract void Clear(int row);

    /// <summary>One step of <paramref name="count"/> texts from <paramref name="first"/> on.</summary>
    /// <param name="input">Their inputs.</param>
    /// <param name="first">The first text.</param>
    /// <param name="count">How many texts.</param>
    public abstract void Advance(LayerInput input, int first, int count);

    /// <summary>One text becomes the same as one of another state of the same layer, which may be this one.</summary>
    public abstract void CopyFrom(InferenceLayer other, int from, int to);

    /// <summary>The outputs [H] of the texts from <paramref name="first"/> on.</summary>
    public abstract float* Output(int first);

    /// <summary>The values [H] by which the cells of a text are looked at: tanh(c) of an LSTM, h of the others.</summary>
    public abstract ReadOnlySpan<float> Cells(int row);

    /// <summary>One of the gates [H] of a text, as the last step left it.</summary>
    /// <param name="row">The text.</param>
    /// <param name="place">Which of the gates, in the order in which the layer's cell has them.</param>
    public abstract ReadOnlySpan<float> Gate(int row, int place);
}

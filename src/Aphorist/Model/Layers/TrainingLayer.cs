namespace Aphorist.Model.Layers;

/// <summary>One layer over whole sequences, forward and backward: the workspace of one worker. Sequences lie step by step: [steps, rows, size].</summary>
internal abstract unsafe class TrainingLayer
{
    /// <summary>The outputs [steps, rows, H] of the last call of <see cref="Forward"/>.</summary>
    public abstract float* Output { get; }

    /// <summary>Runs the sequences.</summary>
    /// <param name="input">What the layer reads: [steps, rows].</param>
    /// <param name="steps">Steps.</param>
    /// <param name="rows">Sequences.</param>
    /// <param name="state">[rows * <see cref="ModelSpec.StateSize"/>]: the initial states, replaced by the final states; null for zeros.</param>
    public abstract void Forward(LayerInput input, int steps, int rows, float* state);

    /// <summary>Runs the backward pass.</summary>
    /// <param name="input">As in <see cref="Forward"/>.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="outputGradient">The gradient of the outputs, [steps, rows, H], or of the last step's only, [rows, H]; overwritten.</param>
    /// <param name="lastOnly">Whether only the last step has one.</param>
    /// <param name="inputGradient">The gradient of the inputs [steps, rows, I], as output; of no use where the layer reads tokens. Where <see cref="LayerPostprocessor.AddsInput"/>, what came past the layer is there already, and is added to.</param>
    /// <param name="gradient">In the layout of the parameters; the layer's gradients are added.</param>
    public abstract void Backward(LayerInput input, int steps, float* outputGradient, bool lastOnly, float* inputGradient, float* gradient);
}

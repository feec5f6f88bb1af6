using Aphorist.Numerics;

namespace Aphorist.Model.Layers;

/// <summary>
/// One layer over whole sequences, forward pass and backward pass: the workspace of one worker. Data are ordered by step: [steps, rows,
/// size].
/// </summary>
internal abstract unsafe class TrainingLayer
{
    /// <summary>
    /// Checked between steps. If it stops, a pass returns early, and its results are meaningless. A step counts 1 in the forward pass and 2
    /// in the backward pass, which takes about twice as long.
    /// </summary>
    public WorkMonitor Monitor { get; set; } = new();

    /// <summary>The outputs [steps, rows, H] of the last call of <see cref="Forward"/>.</summary>
    public abstract float* Output { get; }

    /// <summary>Runs the sequences.</summary>
    /// <param name="input">The inputs of the layer: [steps, rows].</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="state">
    /// [rows * <see cref="ModelSpec.StateSize"/>]: the initial states, replaced by the final states; null for zeros.
    /// </param>
    public abstract void Forward(LayerInput input, int steps, int rows, float* state);

    /// <summary>Runs the backward pass.</summary>
    /// <param name="input">As in <see cref="Forward"/>.</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="outputGradient">
    /// The gradient of the outputs [steps, rows, H], or of the last step only [rows, H]. It is overwritten.
    /// </param>
    /// <param name="lastOnly">Whether only the last step has a gradient.</param>
    /// <param name="inputGradient">
    /// [steps, rows, I]: receives the gradient of the inputs; unused if the layer reads tokens. If <see
    /// cref="LayerPostprocessor.AddsInput"/> is true, it already contains the gradient that bypassed the layer, and the gradient is added.
    /// </param>
    /// <param name="gradient">The gradients in the layout of the parameters; those of the layer are added.</param>
    public abstract void Backward(LayerInput input, int steps, float* outputGradient, bool lastOnly, float* inputGradient, float* gradient);
}

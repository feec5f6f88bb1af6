namespace Aphorist.Model.Layers.Convolution;

/// <summary>
/// The sums y_t = W_0 x_(t - (K - 1) d) + ... + W_(K - 1) x_t of a convolution over whole sequences, with the inputs before them: forward
/// pass and backward pass.
/// </summary>
internal abstract unsafe class ConvolutionSums
{
    /// <summary>Starts sequences.</summary>
    /// <param name="input">The inputs of the layer: [steps, rows].</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="state">
    /// The last inputs before the sequences, oldest first. They are replaced by the last inputs of the sequences. Null for none.
    /// </param>
    public abstract void Begin(LayerInput input, int steps, int rows, float* state);

    /// <summary>Computes the sums of a range of steps.</summary>
    /// <param name="input">As in <see cref="Begin"/>.</param>
    /// <param name="first">The first step.</param>
    /// <param name="end">The end of the range (exclusive).</param>
    /// <param name="sums">[end - first, rows, 2H]: receives the sums.</param>
    public abstract void Forward(LayerInput input, int first, int end, float* sums);

    /// <summary>The backward pass.</summary>
    /// <param name="input">As in <see cref="Begin"/>.</param>
    /// <param name="first">The first step.</param>
    /// <param name="end">The end of the range (exclusive).</param>
    /// <param name="sumGradient">[end - first, rows, 2H].</param>
    /// <param name="inputGradient">[steps, rows, I]: the gradients of input vectors are added, also those of earlier steps.</param>
    /// <param name="gradient">The gradients in the layout of the parameters; those of the kernel are added.</param>
    public abstract void Backward(LayerInput input, int first, int end, float* sumGradient, float* inputGradient, float* gradient);
}

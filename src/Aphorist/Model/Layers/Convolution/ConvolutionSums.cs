namespace Aphorist.Model.Layers.Convolution;

/// <summary>
/// The sums y_t = W_0 x_(t - (K - 1) d) + ... + W_(K - 1) x_t of a convolution over whole sequences, forward and backward, and the inputs that were
/// read before them.
/// </summary>
internal abstract unsafe class ConvolutionSums
{
    /// <summary>Starts sequences.</summary>
    /// <param name="input">What the layer reads: [steps, rows].</param>
    /// <param name="steps">Steps.</param>
    /// <param name="rows">Sequences.</param>
    /// <param name="state">The last inputs before, the oldest first, replaced by the last ones with these; null for none.</param>
    public abstract void Begin(LayerInput input, int steps, int rows, float* state);

    /// <summary>The sums of some steps.</summary>
    /// <param name="input">As in <see cref="Begin"/>.</param>
    /// <param name="first">The first step.</param>
    /// <param name="end">One after the last step.</param>
    /// <param name="sums">[end - first, rows, 2H], as output.</param>
    public abstract void Forward(LayerInput input, int first, int end, float* sums);

    /// <summary>The backward pass.</summary>
    /// <param name="input">As in <see cref="Begin"/>.</param>
    /// <param name="first">The first step.</param>
    /// <param name="end">One after the last step.</param>
    /// <param name="sumGradient">[end - first, rows, 2H].</param>
    /// <param name="inputGradient">[steps, rows, I]: the gradients of vectors are added, to earlier steps as well.</param>
    /// <param name="gradient">In the layout of the parameters; the kernel's is added.</param>
    public abstract void Backward(LayerInput input, int first, int end, float* sumGradient, float* inputGradient, float* gradient);
}

namespace Aphorist.Reference;

/// <summary>The forward pass of a layer over one sequence, with all values that the backward pass needs.</summary>
public abstract class LayerRun
{
    /// <summary>The outputs at each step, [steps][H].</summary>
    public abstract double[][] Outputs { get; }

    /// <summary>The cell activations that inspection shows, [steps][H]: tanh(c) of an LSTM, the outputs of other layers.</summary>
    public virtual double[][] Cells => Outputs;

    /// <summary>
    /// Returns the gates, the candidate and the state after a step, [signals][H]; see <see cref="RecurrentStep.Signals"/>.
    /// </summary>
    public abstract double[][] Signals(int time);

    /// <summary>The state after the last step. <see cref="ReferenceSpec.StateSize"/> describes its contents.</summary>
    public abstract double[] FinalState { get; }

    /// <summary>
    /// The arguments of <see cref="ReferenceSpec.Gate"/>. A hard sigmoid has no derivative at 2.5 and -2.5.
    /// </summary>
    public abstract IEnumerable<double> GateSums { get; }

    /// <summary>Runs a layer.</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="layer">The index of the layer, from 0.</param>
    /// <param name="inputs">The inputs, [steps][<see cref="ReferenceSpec.InputSize"/>].</param>
    /// <param name="state">The initial state, [<see cref="ReferenceSpec.StateSize"/>].</param>
    public static LayerRun Create(ReferenceParameters parameters, int layer, double[][] inputs, double[] state) =>
        parameters.Spec.Architecture == ReferenceArchitecture.Convolution
            ? new ConvolutionRun(parameters, layer, inputs, state)
            : new RecurrentRun(parameters, layer, inputs, state);

    /// <summary>
    /// Runs the backward pass with the gradients of the outputs [steps][H]: adds to the gradients of the parameters and returns the
    /// gradients of the inputs.
    /// </summary>
    public abstract double[][] Backward(double[][] outputGradients, ReferenceParameters gradients);
}

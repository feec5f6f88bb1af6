namespace Aphorist.Reference;

/// <summary>One layer's pass over one sequence, with all that its way back needs.</summary>
public abstract class LayerRun
{
    /// <summary>[steps][H]: what the layer says at each step.</summary>
    public abstract double[][] Outputs { get; }

    /// <summary>[steps][H]: the values by which the cells are looked at: tanh(c) of an LSTM, the outputs of the others.</summary>
    public virtual double[][] Cells => Outputs;

    /// <summary>What the layer remembers after the last step, as <see cref="ReferenceSpec.StateSize"/> describes it.</summary>
    public abstract double[] FinalState { get; }

    /// <summary>What <see cref="ReferenceSpec.Gate"/> was applied to: a hard sigmoid has no derivative where these are 2.5 or -2.5.</summary>
    public abstract IEnumerable<double> GateSums { get; }

    /// <summary>Runs a layer.</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="layer">Which layer, from 0.</param>
    /// <param name="inputs">[steps][<see cref="ReferenceSpec.InputSize"/>].</param>
    /// <param name="state">[<see cref="ReferenceSpec.StateSize"/>]: what the layer remembers from before.</param>
    public static LayerRun Create(ReferenceParameters parameters, int layer, double[][] inputs, double[] state) =>
        parameters.Spec.Architecture == ReferenceArchitecture.Convolution
            ? new ConvolutionRun(parameters, layer, inputs, state)
            : new RecurrentRun(parameters, layer, inputs, state);

    /// <summary>
    /// Takes the gradients of the outputs [steps][H], adds the layer's part to the gradients of the parameters, and returns those of the inputs.
    /// </summary>
    public abstract double[][] Backward(double[][] outputGradients, ReferenceParameters gradients);
}

namespace Aphorist.Reference;

/// <summary>One time step of a recurrent layer, with all values that its backward pass needs.</summary>
public abstract class RecurrentStep
{
    /// <summary>The state after the step. Its first H values, h', are the output of the layer.</summary>
    public abstract double[] State { get; }

    /// <summary>The cell activations, [H]: tanh(c') of an LSTM, h' of other layers.</summary>
    public virtual double[] Cells => State;

    /// <summary>The gates, the candidate and the state, [signals][H]: i, f, g, o, c' and h'; r, z, n and h'; h'.</summary>
    public abstract double[][] Signals { get; }

    /// <summary>The arguments of <see cref="ReferenceSpec.Gate"/>.</summary>
    public abstract IEnumerable<double> GateSums { get; }

    /// <summary>Runs a step.</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="layer">The index of the layer, from 0.</param>
    /// <param name="input">The input x.</param>
    /// <param name="state">The state before the step.</param>
    public static RecurrentStep Create(ReferenceParameters parameters, int layer, double[] input, double[] state) =>
        parameters.Spec.Architecture switch
        {
            ReferenceArchitecture.Lstm => new LstmStep(parameters, layer, input, state),
            ReferenceArchitecture.Gru => new GruResetAfterStep(parameters, layer, input, state),
            ReferenceArchitecture.GruResetBefore => new GruResetBeforeStep(parameters, layer, input, state),
            ReferenceArchitecture.Rnn => new RnnStep(parameters, layer, input, state),
            _ => throw new ArgumentException("The layers are not recurrent.", nameof(parameters)),
        };

    /// <summary>
    /// Runs the backward pass with the gradient of the state after the step: adds to the gradients of the parameters and returns the
    /// gradients of x and of the state before the step.
    /// </summary>
    public abstract (double[] Input, double[] State) Backward(double[] stateGradient, ReferenceParameters gradients);
}

namespace Aphorist.Reference;

/// <summary>One time step of a recurrent layer, with all that its backward pass needs.</summary>
public abstract class RecurrentStep
{
    /// <summary>What the layer remembers after the step; the first H values, h', are its output.</summary>
    public abstract double[] State { get; }

    /// <summary>[H]: tanh(c') of an LSTM, h' of the others.</summary>
    public virtual double[] Cells => State;

    /// <summary>What <see cref="ReferenceSpec.Gate"/> was applied to.</summary>
    public abstract IEnumerable<double> GateSums { get; }

    /// <summary>Runs a step.</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="layer">Which layer, from 0.</param>
    /// <param name="input">x.</param>
    /// <param name="state">The state before.</param>
    public static RecurrentStep Create(ReferenceParameters parameters, int layer, double[] input, double[] state) =>
        parameters.Spec.Architecture switch
        {
            ReferenceArchitecture.Lstm => new LstmStep(parameters, layer, input, state),
            ReferenceArchitecture.Gru => new GruResetAfterStep(parameters, layer, input, state),
            ReferenceArchitecture.GruResetBefore => new GruResetBeforeStep(parameters, layer, input, state),
            _ => throw new ArgumentException("The layers are not recurrent.", nameof(parameters)),
        };

    /// <summary>
    /// Takes the gradient of the state after, adds this step's part to the gradients of the parameters, and returns the gradients of x and of the
    /// state before.
    /// </summary>
    public abstract (double[] Input, double[] State) Backward(double[] stateGradient, ReferenceParameters gradients);
}

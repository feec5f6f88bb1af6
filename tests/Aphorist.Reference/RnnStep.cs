namespace Aphorist.Reference;

/// <summary>One time step of a vanilla RNN.</summary>
/// <remarks>z = W x + U h + b, h' = s(z), where s is <see cref="Gate.Tanh"/> or <see cref="Gate.Relu"/>.</remarks>
public sealed class RnnStep : RecurrentStep
{
    private readonly ReferenceParameters parameters;
    private readonly Gate activation;
    private readonly string inputKernel, recurrentKernel, bias;
    private readonly double[] input, previous, sums;

    /// <summary>Runs the step.</summary>
    public RnnStep(ReferenceParameters parameters, int layer, double[] input, double[] state)
    {
        (this.parameters, activation, this.input, previous) = (parameters, parameters.Spec.Gate, input, state);
        (inputKernel, recurrentKernel, bias) = ($"rnn.weight_ih_l{layer}", $"rnn.weight_hh_l{layer}", $"rnn.bias_l{layer}");
        sums = Affine.Apply(parameters[recurrentKernel], Affine.Apply(parameters[inputKernel], parameters[bias], input), previous);
        State = [.. sums.Select(activation.Value)];
    }

    /// <summary>The state after the step: h'.</summary>
    public override double[] State { get; }

    public override double[][] Signals => [State];

    public override IEnumerable<double> GateSums => sums;

    public override (double[] Input, double[] State) Backward(double[] stateGradient, ReferenceParameters gradients)
    {
        double[] sumGradients = [.. stateGradient.Zip(sums, (gradient, sum) => gradient * activation.Derivative(sum))];
        Affine.AddGradients(gradients[inputKernel], gradients[bias], sumGradients, input);
        Affine.AddGradients(gradients[recurrentKernel], new double[sums.Length], sumGradients, previous);
        double[] previousGradient = Affine.InputGradient(parameters[recurrentKernel], sumGradients);
        return (Affine.InputGradient(parameters[inputKernel], sumGradients), previousGradient);
    }
}

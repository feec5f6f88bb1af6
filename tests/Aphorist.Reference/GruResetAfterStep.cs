namespace Aphorist.Reference;

/// <summary>
/// One time step of a GRU as in PyTorch, and in Keras with reset_after=True: the reset gate scales U h + b_h.
/// </summary>
/// <remarks>
/// a = W x + b_i, u = U h + b_h, both in the order r, z, n; r = s(a_r + u_r), z = s(a_z + u_z), n = tanh(a_n + r u_n);
/// h' = (1 - z) n + z h.
/// </remarks>
public sealed class GruResetAfterStep : RecurrentStep
{
    private readonly ReferenceParameters parameters;
    private readonly Gate gate;
    private readonly int hiddenSize;
    private readonly string inputKernel, recurrentKernel, inputBias, recurrentBias;
    private readonly double[] input, previous, inputSums, recurrentSums;

    /// <summary>Runs the step.</summary>
    public GruResetAfterStep(ReferenceParameters parameters, int layer, double[] input, double[] state)
    {
        (this.parameters, gate, hiddenSize, this.input, previous) = (
            parameters, parameters.Spec.Gate, parameters.Spec.HiddenSize, input, state);
        (inputKernel, recurrentKernel) = ($"gru.weight_ih_l{layer}", $"gru.weight_hh_l{layer}");
        (inputBias, recurrentBias) = ($"gru.bias_ih_l{layer}", $"gru.bias_hh_l{layer}");
        inputSums = Affine.Apply(parameters[inputKernel], parameters[inputBias], input);
        recurrentSums = Affine.Apply(parameters[recurrentKernel], parameters[recurrentBias], previous);
        State = new double[hiddenSize];
        for (int unit = 0; unit < hiddenSize; unit++)
        {
            (_, double z, double n) = GatesOf(unit);
            State[unit] = (1 - z) * n + z * previous[unit];
        }
    }

    /// <summary>The state after the step: h'.</summary>
    public override double[] State { get; }

    public override double[][] Signals
    {
        get
        {
            (double R, double Z, double N)[] gates = [.. Enumerable.Range(0, hiddenSize).Select(GatesOf)];
            return [[.. gates.Select(it => it.R)], [.. gates.Select(it => it.Z)], [.. gates.Select(it => it.N)], State];
        }
    }

    public override IEnumerable<double> GateSums => Enumerable.Range(0, 2 * hiddenSize).Select(GateSum);

    public override (double[] Input, double[] State) Backward(double[] stateGradient, ReferenceParameters gradients)
    {
        double[] da = new double[3 * hiddenSize], du = new double[3 * hiddenSize];
        for (int unit = 0; unit < hiddenSize; unit++)
        {
            (double r, double z, double n) = GatesOf(unit);
            int updateGate = hiddenSize + unit, candidate = 2 * hiddenSize + unit;
            double dn = stateGradient[unit] * (1 - z) * (1 - n * n);
            da[unit] = du[unit] = dn * recurrentSums[candidate] * gate.Derivative(GateSum(unit));
            da[updateGate] = du[updateGate] = stateGradient[unit] * (previous[unit] - n) * gate.Derivative(GateSum(updateGate));
            (da[candidate], du[candidate]) = (dn, dn * r);
        }

        Affine.AddGradients(gradients[inputKernel], gradients[inputBias], da, input);
        Affine.AddGradients(gradients[recurrentKernel], gradients[recurrentBias], du, previous);
        double[] previousGradient = Affine.InputGradient(parameters[recurrentKernel], du);
        for (int unit = 0; unit < hiddenSize; unit++) previousGradient[unit] += stateGradient[unit] * GatesOf(unit).Z;
        return (Affine.InputGradient(parameters[inputKernel], da), previousGradient);
    }

    private double GateSum(int place) => inputSums[place] + recurrentSums[place];

    private (double R, double Z, double N) GatesOf(int unit)
    {
        double r = gate.Value(GateSum(unit)), z = gate.Value(GateSum(hiddenSize + unit));
        return (r, z, Math.Tanh(inputSums[2 * hiddenSize + unit] + r * recurrentSums[2 * hiddenSize + unit]));
    }
}

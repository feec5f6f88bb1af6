namespace Aphorist.Reference;

/// <summary>
/// One time step of a GRU as in Cho et al. (2014), and in Keras with reset_after=False: the reset gate scales h before the product with
/// U_n.
/// </summary>
/// <remarks>
/// a = W x + b_i, U and b_h are in the order r, z, n; r = s(a_r + U_r h + b_hr), z = s(a_z + U_z h + b_hz), v = r h,
/// n = tanh(a_n + U_n v + b_hn); h' = (1 - z) n + z h.
/// </remarks>
public sealed class GruResetBeforeStep : RecurrentStep
{
    private readonly ReferenceParameters parameters;
    private readonly Gate gate;
    private readonly int hiddenSize;
    private readonly string inputKernel, recurrentKernel, inputBias, recurrentBias;
    private readonly double[] input, previous, gateSums, r, z, v, n;

    /// <summary>Runs the step.</summary>
    public GruResetBeforeStep(ReferenceParameters parameters, int layer, double[] input, double[] state)
    {
        (this.parameters, gate, hiddenSize, this.input, previous) = (
            parameters, parameters.Spec.Gate, parameters.Spec.HiddenSize, input, state);
        (inputKernel, recurrentKernel) = ($"gru.weight_ih_l{layer}", $"gru.weight_hh_l{layer}");
        (inputBias, recurrentBias) = ($"gru.bias_ih_l{layer}", $"gru.bias_hh_l{layer}");
        double[] a = Affine.Apply(parameters[inputKernel], parameters[inputBias], input);
        double[] u = Affine.Apply(GateRows(parameters[recurrentKernel]), GateRows(parameters[recurrentBias]), previous);
        gateSums = [.. u.Select((value, place) => a[place] + value)];
        (r, z) = ([.. gateSums[..hiddenSize].Select(gate.Value)], [.. gateSums[hiddenSize..].Select(gate.Value)]);
        v = Product(r, previous);
        u = Affine.Apply(CandidateRows(parameters[recurrentKernel]), CandidateRows(parameters[recurrentBias]), v);
        n = [.. u.Select((value, unit) => Math.Tanh(a[2 * hiddenSize + unit] + value))];
        State = [.. n.Select((value, unit) => (1 - z[unit]) * value + z[unit] * previous[unit])];
    }

    /// <summary>The state after the step: h'.</summary>
    public override double[] State { get; }

    public override double[][] Signals => [r, z, n, State];

    public override IEnumerable<double> GateSums => gateSums;

    public override (double[] Input, double[] State) Backward(double[] stateGradient, ReferenceParameters gradients)
    {
        double[] dn = [.. stateGradient.Select((dh, unit) => dh * (1 - z[unit]) * (1 - n[unit] * n[unit]))];
        Affine.AddGradients(CandidateRows(gradients[recurrentKernel]), CandidateRows(gradients[recurrentBias]), dn, v);
        double[] dv = Affine.InputGradient(CandidateRows(parameters[recurrentKernel]), dn);

        double[] dr = Product(dv, previous), dz = [.. stateGradient.Select((dh, unit) => dh * (previous[unit] - n[unit]))];
        double[] dGates = Product([.. dr, .. dz], [.. gateSums.Select(gate.Derivative)]);
        Affine.AddGradients(GateRows(gradients[recurrentKernel]), GateRows(gradients[recurrentBias]), dGates, previous);
        double[] throughGates = Affine.InputGradient(GateRows(parameters[recurrentKernel]), dGates);

        double[] da = [.. dGates, .. dn];
        Affine.AddGradients(gradients[inputKernel], gradients[inputBias], da, input);

        // The gradient of h is the sum of the paths through the gates, through v, and through z h.
        double[] previousGradient = [.. throughGates.Select((value, unit) => value + dv[unit] * r[unit] + stateGradient[unit] * z[unit])];
        return (Affine.InputGradient(parameters[inputKernel], da), previousGradient);
    }

    private static double[] Product(double[] left, double[] right) => [.. left.Select((value, place) => value * right[place])];

    // The rows of r and z, and the rows of n, among the 3H rows of a recurrent tensor.
    private static Span<double> GateRows(double[] tensor) => tensor.AsSpan(0, tensor.Length / 3 * 2);

    private static Span<double> CandidateRows(double[] tensor) => tensor.AsSpan(tensor.Length / 3 * 2);
}

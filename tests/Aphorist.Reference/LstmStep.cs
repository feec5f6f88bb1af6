namespace Aphorist.Reference;

/// <summary>One time step of an LSTM.</summary>
/// <remarks>
/// z = W x + U h + b, in the order i, f, g, o; i = s(z_i), f = s(z_f), g = tanh(z_g), o = s(z_o); c' = f c + i g, h' = o tanh(c').
/// </remarks>
public sealed class LstmStep : RecurrentStep
{
    private readonly ReferenceParameters parameters;
    private readonly Gate gate;
    private readonly int hiddenSize;
    private readonly string inputKernel, recurrentKernel, bias;
    private readonly double[] input, previousHidden, previousCell, sums;

    /// <summary>Runs the step.</summary>
    public LstmStep(ReferenceParameters parameters, int layer, double[] input, double[] state)
    {
        (this.parameters, gate, hiddenSize, this.input) = (parameters, parameters.Spec.Gate, parameters.Spec.HiddenSize, input);
        (inputKernel, recurrentKernel, bias) = ($"lstm.weight_ih_l{layer}", $"lstm.weight_hh_l{layer}", $"lstm.bias_l{layer}");
        (previousHidden, previousCell) = (state[..hiddenSize], state[hiddenSize..]);
        sums = Affine.Apply(parameters[recurrentKernel], Affine.Apply(parameters[inputKernel], parameters[bias], input), previousHidden);
        State = new double[2 * hiddenSize];
        for (int unit = 0; unit < hiddenSize; unit++)
        {
            (double i, double f, double g, double o) = GatesOf(unit);
            double cell = f * previousCell[unit] + i * g;
            State[unit] = o * Math.Tanh(cell);
            State[hiddenSize + unit] = cell;
        }
    }

    /// <summary>The state after the step: h', then c'.</summary>
    public override double[] State { get; }

    public override double[] Cells => [.. State[hiddenSize..].Select(Math.Tanh)];

    public override double[][] Signals
    {
        get
        {
            (double I, double F, double G, double O)[] gates = [.. Enumerable.Range(0, hiddenSize).Select(GatesOf)];
            return
            [
                [.. gates.Select(it => it.I)], [.. gates.Select(it => it.F)], [.. gates.Select(it => it.G)], [.. gates.Select(it => it.O)],
                State[hiddenSize..], State[..hiddenSize],
            ];
        }
    }

    public override IEnumerable<double> GateSums => sums.Where((_, place) => place / hiddenSize != 2);

    public override (double[] Input, double[] State) Backward(double[] stateGradient, ReferenceParameters gradients)
    {
        double[] sumGradients = new double[4 * hiddenSize], previousCellGradient = new double[hiddenSize];
        for (int unit = 0; unit < hiddenSize; unit++)
        {
            (double i, double f, double g, double o) = GatesOf(unit);
            double hidden = stateGradient[unit], tanhCell = Math.Tanh(State[hiddenSize + unit]);

            // h' = o tanh(c'), so the gradient of c' comes through h' and from the next step.
            double cell = stateGradient[hiddenSize + unit] + hidden * o * (1 - tanhCell * tanhCell);
            previousCellGradient[unit] = cell * f;
            sumGradients[unit] = cell * g * gate.Derivative(sums[unit]);
            sumGradients[hiddenSize + unit] = cell * previousCell[unit] * gate.Derivative(sums[hiddenSize + unit]);
            sumGradients[2 * hiddenSize + unit] = cell * i * (1 - g * g);
            sumGradients[3 * hiddenSize + unit] = hidden * tanhCell * gate.Derivative(sums[3 * hiddenSize + unit]);
        }

        Affine.AddGradients(gradients[inputKernel], gradients[bias], sumGradients, input);
        Affine.AddGradients(gradients[recurrentKernel], new double[sums.Length], sumGradients, previousHidden);
        double[] previousHiddenGradient = Affine.InputGradient(parameters[recurrentKernel], sumGradients);
        return (Affine.InputGradient(parameters[inputKernel], sumGradients), [.. previousHiddenGradient, .. previousCellGradient]);
    }

    private (double I, double F, double G, double O) GatesOf(int unit) => (
        gate.Value(sums[unit]),
        gate.Value(sums[hiddenSize + unit]),
        Math.Tanh(sums[2 * hiddenSize + unit]),
        gate.Value(sums[3 * hiddenSize + unit]));
}

namespace Aphorist.Reference;

/// <summary>One time step of an LSTM whose input is one character, with all that its backward pass needs. Every array has H values.</summary>
public sealed class LstmStep
{
    private readonly ReferenceParameters parameters;
    private readonly Gate gate;
    private readonly int character;
    private readonly double[] previousHidden;
    private readonly double[] previousCell;

    /// <summary>Runs the step.</summary>
    public LstmStep(ReferenceParameters parameters, Gate gate, int character, double[] previousHidden, double[] previousCell)
    {
        (this.parameters, this.gate, this.character) = (parameters, gate, character);
        (this.previousHidden, this.previousCell) = (previousHidden, previousCell);
        int hiddenSize = parameters.HiddenSize;
        Sums = new double[4 * hiddenSize];
        Hidden = new double[hiddenSize];
        Cell = new double[hiddenSize];
        Forward();
    }

    /// <summary>z = x W + h U + b, in the order i, f, g, o [4H].</summary>
    public double[] Sums { get; }

    /// <summary>h'.</summary>
    public double[] Hidden { get; }

    /// <summary>c'.</summary>
    public double[] Cell { get; }

    private void Forward()
    {
        int hiddenSize = parameters.HiddenSize, gates = 4 * hiddenSize;
        for (int column = 0; column < gates; column++)
        {
            // x is one-hot, so x W is a row of W.
            double sum = parameters.InputKernel[character * gates + column] + parameters.GateBias[column];
            for (int row = 0; row < hiddenSize; row++)
                sum += previousHidden[row] * parameters.RecurrentKernel[row * gates + column];
            Sums[column] = sum;
        }

        for (int unit = 0; unit < hiddenSize; unit++)
        {
            (double i, double f, double g, double o) = GatesOf(unit);
            Cell[unit] = f * previousCell[unit] + i * g;
            Hidden[unit] = o * Math.Tanh(Cell[unit]);
        }
    }

    /// <summary>
    /// Takes dL/dh' and dL/dc', adds this step's part to the gradients of the parameters, and returns dL/dh and dL/dc of the state before.
    /// </summary>
    public (double[] PreviousHidden, double[] PreviousCell) Backward(double[] hiddenGradient, double[] cellGradient, ReferenceParameters gradients)
    {
        int hiddenSize = parameters.HiddenSize, gates = 4 * hiddenSize;
        double[] previousCellGradient = new double[hiddenSize];
        double[] sums = new double[gates];
        for (int unit = 0; unit < hiddenSize; unit++)
        {
            (double i, double f, double g, double o) = GatesOf(unit);
            double tanhCell = Math.Tanh(Cell[unit]);

            // h' = o tanh(c'), so c' is reached through h' as well as from the step after.
            double cell = cellGradient[unit] + hiddenGradient[unit] * o * (1 - tanhCell * tanhCell);
            previousCellGradient[unit] = cell * f;
            sums[unit] = cell * g * gate.Derivative(Sums[unit]);
            sums[hiddenSize + unit] = cell * previousCell[unit] * gate.Derivative(Sums[hiddenSize + unit]);
            sums[2 * hiddenSize + unit] = cell * i * (1 - g * g);
            sums[3 * hiddenSize + unit] = hiddenGradient[unit] * tanhCell * gate.Derivative(Sums[3 * hiddenSize + unit]);
        }

        AddTo(gradients, sums);
        return (ThroughRecurrentKernel(sums), previousCellGradient);
    }

    private (double I, double F, double G, double O) GatesOf(int unit)
    {
        int hiddenSize = parameters.HiddenSize;
        return (
            gate.Value(Sums[unit]),
            gate.Value(Sums[hiddenSize + unit]),
            Math.Tanh(Sums[2 * hiddenSize + unit]),
            gate.Value(Sums[3 * hiddenSize + unit]));
    }

    // dW = x^T dz (one row, since x is one-hot), dU = h^T dz, db = dz.
    private void AddTo(ReferenceParameters gradients, double[] sums)
    {
        for (int column = 0; column < sums.Length; column++)
        {
            gradients.InputKernel[character * sums.Length + column] += sums[column];
            gradients.GateBias[column] += sums[column];
            for (int row = 0; row < previousHidden.Length; row++)
                gradients.RecurrentKernel[row * sums.Length + column] += previousHidden[row] * sums[column];
        }
    }

    // dh = dz U^T.
    private double[] ThroughRecurrentKernel(double[] sums)
    {
        double[] gradient = new double[previousHidden.Length];
        for (int row = 0; row < gradient.Length; row++)
            for (int column = 0; column < sums.Length; column++)
                gradient[row] += sums[column] * parameters.RecurrentKernel[row * sums.Length + column];
        return gradient;
    }
}

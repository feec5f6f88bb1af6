namespace Aphorist.Reference;

/// <summary>A causal dilated convolution with a gated activation and, from the second layer on, a residual connection.</summary>
/// <remarks>
/// y_t = sum over j of W_j x_(t - (K - 1 - j) d) + b, with W [2H, I, K] as in PyTorch's Conv1d: W_(K - 1) is applied to the current input.
/// The inputs before the sequence are the layer's state, which is zero at the start (padding). y_t consists of p and q with H values each:
/// h_t = tanh(p) sigmoid(q), and above the first layer h_t = x_t + tanh(p) sigmoid(q).
/// </remarks>
public sealed class ConvolutionRun : LayerRun
{
    private readonly ReferenceParameters parameters;
    private readonly int hiddenSize, kernelSize, dilation;
    private readonly bool isResidual;
    private readonly string kernel, bias;
    private readonly double[][] inputs, past, sums;

    public ConvolutionRun(ReferenceParameters parameters, int layer, double[][] inputs, double[] state)
    {
        ReferenceSpec spec = parameters.Spec;
        (this.parameters, this.inputs, hiddenSize, isResidual) = (parameters, inputs, spec.HiddenSize, layer > 0);
        (kernelSize, dilation) = (spec.KernelSize, spec.Dilations[layer]);
        (kernel, bias) = ($"convolution.{layer}.weight", $"convolution.{layer}.bias");
        past = [.. state.Chunk(spec.InputSize(layer))];
        sums = [.. inputs.Select((_, time) => SumsAt(time))];
        Outputs = [.. inputs.Select((_, time) => OutputAt(time))];
        FinalState = [.. Enumerable.Range(inputs.Length - past.Length, past.Length).SelectMany(At)];
    }

    public override double[][] Outputs { get; }

    public override double[] FinalState { get; }

    /// <summary>Returns tanh(p), sigmoid(q) and h.</summary>
    public override double[][] Signals(int time) =>
    [
        [.. sums[time][..hiddenSize].Select(Math.Tanh)],
        [.. sums[time][hiddenSize..].Select(Gate.Sigmoid.Value)],
        Outputs[time],
    ];

    public override IEnumerable<double> GateSums => [];

    public override double[][] Backward(double[][] outputGradients, ReferenceParameters gradients)
    {
        double[][] inputGradients = [.. inputs.Select((input, time) => isResidual ? [.. outputGradients[time]] : new double[input.Length])];
        for (int time = 0; time < inputs.Length; time++)
            ConvolutionBackward(time, GatedUnitBackward(time, outputGradients[time]), inputGradients, gradients);
        return inputGradients;
    }

    /// <summary>Returns x_t. Inputs at negative t are in the state.</summary>
    private double[] At(int time) => time < 0 ? past[past.Length + time] : inputs[time];

    /// <summary>Returns the time of the input that kernel position j is applied to at time t.</summary>
    private int Source(int time, int j) => time - (kernelSize - 1 - j) * dilation;

    private double[] SumsAt(int time)
    {
        double[] y = [.. parameters[bias]];
        for (int j = 0; j < kernelSize; j++)
        {
            double[] x = At(Source(time, j));
            for (int row = 0; row < y.Length; row++)
                for (int column = 0; column < x.Length; column++)
                    y[row] += parameters[kernel][(row * x.Length + column) * kernelSize + j] * x[column];
        }

        return y;
    }

    private double[] OutputAt(int time)
    {
        double[] output = isResidual ? [.. inputs[time]] : new double[hiddenSize];
        for (int unit = 0; unit < hiddenSize; unit++)
            output[unit] += Math.Tanh(sums[time][unit]) * Gate.Sigmoid.Value(sums[time][hiddenSize + unit]);
        return output;
    }

    private double[] GatedUnitBackward(int time, double[] outputGradient)
    {
        double[] gradient = new double[2 * hiddenSize];
        for (int unit = 0; unit < hiddenSize; unit++)
        {
            double p = sums[time][unit], q = sums[time][hiddenSize + unit];
            gradient[unit] = outputGradient[unit] * (1 - Math.Tanh(p) * Math.Tanh(p)) * Gate.Sigmoid.Value(q);
            gradient[hiddenSize + unit] = outputGradient[unit] * Math.Tanh(p) * Gate.Sigmoid.Derivative(q);
        }

        return gradient;
    }

    private void ConvolutionBackward(int time, double[] sumGradients, double[][] inputGradients, ReferenceParameters gradients)
    {
        for (int row = 0; row < sumGradients.Length; row++) gradients[bias][row] += sumGradients[row];
        for (int j = 0; j < kernelSize; j++)
        {
            int source = Source(time, j);
            double[] x = At(source);
            for (int row = 0; row < sumGradients.Length; row++)
            {
                for (int column = 0; column < x.Length; column++)
                {
                    int place = (row * x.Length + column) * kernelSize + j;
                    gradients[kernel][place] += sumGradients[row] * x[column];
                    if (source >= 0) inputGradients[source][column] += sumGradients[row] * parameters[kernel][place];
                }
            }
        }
    }
}

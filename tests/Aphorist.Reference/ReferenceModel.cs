namespace Aphorist.Reference;

/// <summary>The whole model: characters, LSTM, the output layer on its last hidden state, softmax.</summary>
public sealed class ReferenceModel(ReferenceParameters parameters, Gate gate)
{
    public ReferenceParameters Parameters { get; } = parameters;

    public Gate Gate { get; } = gate;

    /// <summary>Runs the LSTM over a window from a zero state, a step for each character.</summary>
    public LstmStep[] Run(ReadOnlySpan<int> window)
    {
        LstmStep[] steps = new LstmStep[window.Length];
        double[] hidden = new double[Parameters.HiddenSize], cell = new double[Parameters.HiddenSize];
        for (int time = 0; time < steps.Length; time++)
        {
            steps[time] = new LstmStep(Parameters, Gate, window[time], hidden, cell);
            (hidden, cell) = (steps[time].Hidden, steps[time].Cell);
        }

        return steps;
    }

    /// <summary>The logits of the next character after a window: D h + bias, with h = 0 for an empty window.</summary>
    public double[] Logits(ReadOnlySpan<int> window) =>
        window.IsEmpty ? Output(new double[Parameters.HiddenSize]) : Output(Run(window)[^1].Hidden);

    /// <summary>Mean cross-entropy of a batch, in nats per character.</summary>
    public double Loss(int[][] windows, int[] targets) =>
        windows.Select((window, index) => Softmax.CrossEntropy(Logits(window), targets[index])).Average();

    /// <summary>The mean cross-entropy of a batch, and its gradients.</summary>
    public (double Loss, ReferenceParameters Gradients) LossAndGradients(int[][] windows, int[] targets)
    {
        ReferenceParameters gradients = new(Parameters.VocabularySize, Parameters.HiddenSize);
        double loss = 0;
        for (int index = 0; index < windows.Length; index++)
        {
            LstmStep[] steps = Run(windows[index]);
            double[] logits = Output(steps[^1].Hidden);
            loss += Softmax.CrossEntropy(logits, targets[index]) / windows.Length;
            double[] logitGradient = [.. Softmax.CrossEntropyGradient(logits, targets[index]).Select(value => value / windows.Length)];
            Backward(steps, logitGradient, gradients);
        }

        return (loss, gradients);
    }

    private double[] Output(double[] hidden)
    {
        double[] logits = [.. Parameters.OutputBias];
        for (int character = 0; character < logits.Length; character++)
            for (int unit = 0; unit < hidden.Length; unit++)
                logits[character] += Parameters.OutputKernel[character * hidden.Length + unit] * hidden[unit];
        return logits;
    }

    // Only the last hidden state reaches the loss; from there the gradient goes back through time.
    private void Backward(LstmStep[] steps, double[] logitGradient, ReferenceParameters gradients)
    {
        double[] hidden = OutputBackward(steps[^1].Hidden, logitGradient, gradients);
        double[] cell = new double[Parameters.HiddenSize];
        for (int time = steps.Length - 1; time >= 0; time--)
            (hidden, cell) = steps[time].Backward(hidden, cell, gradients);
    }

    // dD = dz h^T, dbias = dz, dh = D^T dz.
    private double[] OutputBackward(double[] hidden, double[] logitGradient, ReferenceParameters gradients)
    {
        double[] hiddenGradient = new double[hidden.Length];
        for (int character = 0; character < logitGradient.Length; character++)
        {
            gradients.OutputBias[character] += logitGradient[character];
            for (int unit = 0; unit < hidden.Length; unit++)
            {
                int place = character * hidden.Length + unit;
                gradients.OutputKernel[place] += logitGradient[character] * hidden[unit];
                hiddenGradient[unit] += logitGradient[character] * Parameters.OutputKernel[place];
            }
        }

        return hiddenGradient;
    }
}

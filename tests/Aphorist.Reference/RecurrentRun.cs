namespace Aphorist.Reference;

/// <summary>The forward pass of a recurrent layer, which runs its steps one after the other.</summary>
public sealed class RecurrentRun : LayerRun
{
    private readonly RecurrentStep[] steps;

    public RecurrentRun(ReferenceParameters parameters, int layer, double[][] inputs, double[] state)
    {
        FinalState = state;
        steps = new RecurrentStep[inputs.Length];
        for (int time = 0; time < steps.Length; time++)
        {
            steps[time] = RecurrentStep.Create(parameters, layer, inputs[time], FinalState);
            FinalState = steps[time].State;
        }

        Outputs = [.. steps.Select(step => step.State[..parameters.Spec.HiddenSize])];
    }

    public override double[][] Outputs { get; }

    public override double[][] Cells => [.. steps.Select(step => step.Cells)];

    public override double[] FinalState { get; }

    public override double[][] Signals(int time) => steps[time].Signals;

    public override IEnumerable<double> GateSums => steps.SelectMany(step => step.GateSums);

    public override double[][] Backward(double[][] outputGradients, ReferenceParameters gradients)
    {
        double[][] inputGradients = new double[steps.Length][];
        double[] stateGradient = new double[FinalState.Length];
        for (int time = steps.Length - 1; time >= 0; time--)
        {
            // The gradient of h comes from this step's output and from the next step.
            for (int unit = 0; unit < outputGradients[time].Length; unit++) stateGradient[unit] += outputGradients[time][unit];
            (inputGradients[time], stateGradient) = steps[time].Backward(stateGradient, gradients);
        }

        return inputGradients;
    }
}

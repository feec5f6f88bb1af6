namespace Aphorist.Reference;

/// <summary>RMSprop as in Keras: a = rho a + (1 - rho) g^2, then w -= learningRate g / (sqrt(a) + epsilon), starting from a = 0.</summary>
public sealed class ReferenceRmsprop(ReferenceParameters parameters, double learningRate = 0.01, double rho = 0.9, double epsilon = 1e-7)
{
    private readonly ReferenceParameters meanSquares = new(parameters.Spec);

    /// <summary>Updates the parameters.</summary>
    public void Step(ReferenceParameters gradients)
    {
        foreach ((string name, double[] values) in parameters.Tensors) Step(values, gradients[name], meanSquares[name]);
    }

    private void Step(double[] values, double[] gradients, double[] squares)
    {
        for (int index = 0; index < values.Length; index++)
        {
            squares[index] = rho * squares[index] + (1 - rho) * gradients[index] * gradients[index];
            values[index] -= learningRate * gradients[index] / (Math.Sqrt(squares[index]) + epsilon);
        }
    }
}

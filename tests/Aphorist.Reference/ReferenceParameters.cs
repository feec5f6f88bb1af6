namespace Aphorist.Reference;

/// <summary>
/// The parameters of a model, or values of the same shapes (gradients, moments), with PyTorch's names and shapes in row-major order.
/// </summary>
public sealed class ReferenceParameters
{
    private readonly OrderedDictionary<string, double[]> tensors = [];

    /// <summary>Creates parameters that are zero.</summary>
    public ReferenceParameters(ReferenceSpec spec)
    {
        Spec = spec;
        foreach ((string name, int[] shape) in spec.Tensors())
            tensors.Add(name, new double[shape.Aggregate(1, (length, size) => length * size)]);
    }

    /// <summary>The shape of the model.</summary>
    public ReferenceSpec Spec { get; }

    /// <summary>All tensors, in the order of <see cref="ReferenceSpec.Tensors"/>.</summary>
    public IReadOnlyDictionary<string, double[]> Tensors => tensors;

    /// <summary>Gets the tensor with a name.</summary>
    public double[] this[string name] => tensors[name];

    /// <summary>Fills all tensors with normally distributed values with a standard deviation.</summary>
    public void FillNormal(Random random, double deviation)
    {
        foreach (double[] tensor in tensors.Values)
        {
            for (int index = 0; index < tensor.Length; index++)
            {
                // Box-Muller transform of two uniform values.
                double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
                tensor[index] = deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble());
            }
        }
    }
}

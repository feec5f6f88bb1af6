namespace Aphorist.Reference;

/// <summary>The parameters of a model, or anything of the same shape (gradients, moments), by PyTorch's names and row by row in its shapes.</summary>
public sealed class ReferenceParameters
{
    private readonly OrderedDictionary<string, double[]> tensors = [];

    /// <summary>Zeros.</summary>
    public ReferenceParameters(ReferenceSpec spec)
    {
        Spec = spec;
        foreach ((string name, int[] shape) in spec.Tensors()) tensors.Add(name, new double[shape.Aggregate(1, (length, size) => length * size)]);
    }

    /// <summary>The model's shape.</summary>
    public ReferenceSpec Spec { get; }

    /// <summary>All tensors, in the order of <see cref="ReferenceSpec.Tensors"/>.</summary>
    public IReadOnlyDictionary<string, double[]> Tensors => tensors;

    /// <summary>The tensor of this name.</summary>
    public double[] this[string name] => tensors[name];

    /// <summary>Fills every tensor with normally distributed values of this standard deviation.</summary>
    public void FillNormal(Random random, double deviation)
    {
        foreach (double[] tensor in tensors.Values)
        {
            for (int index = 0; index < tensor.Length; index++)
            {
                // Box and Muller: two uniform values make a normal one.
                double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
                tensor[index] = deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble());
            }
        }
    }
}

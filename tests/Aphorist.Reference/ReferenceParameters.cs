namespace Aphorist.Reference;

/// <summary>The parameters of the model, or anything of the same shape (gradients, moments), in the engine's memory order.</summary>
public sealed class ReferenceParameters
{
    public ReferenceParameters(int vocabularySize, int hiddenSize)
    {
        VocabularySize = vocabularySize;
        HiddenSize = hiddenSize;
        int gates = 4 * hiddenSize;
        InputKernel = new double[vocabularySize * gates];
        RecurrentKernel = new double[hiddenSize * gates];
        GateBias = new double[gates];
        OutputKernel = new double[vocabularySize * hiddenSize];
        OutputBias = new double[vocabularySize];
        Tensors = [InputKernel, RecurrentKernel, GateBias, OutputKernel, OutputBias];
    }

    /// <summary>V.</summary>
    public int VocabularySize { get; }

    /// <summary>H.</summary>
    public int HiddenSize { get; }

    /// <summary>W [V, 4H]: a row for each character; in a row the gates i, f, g, o, H values each.</summary>
    public double[] InputKernel { get; }

    /// <summary>U [H, 4H].</summary>
    public double[] RecurrentKernel { get; }

    /// <summary>b [4H].</summary>
    public double[] GateBias { get; }

    /// <summary>D [V, H].</summary>
    public double[] OutputKernel { get; }

    /// <summary>The output layer's bias [V].</summary>
    public double[] OutputBias { get; }

    /// <summary>The five tensors: W, U, b, D, bias.</summary>
    public IReadOnlyList<double[]> Tensors { get; }

    /// <summary>Their names, in the same order.</summary>
    public static IReadOnlyList<string> Names { get; } = ["W", "U", "b", "D", "bias"];

    /// <summary>Fills every tensor with normally distributed values of this standard deviation.</summary>
    public void FillNormal(Random random, double deviation)
    {
        foreach (double[] tensor in Tensors)
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

namespace Aphorist.Peers;

/// <summary>The settings that nanoGPT documents for a character-level model on a CPU, without biases, as is its default.</summary>
internal static class GptSettings
{
    public const int Layers = 4;
    public const int Heads = 4;
    public const int Width = 128;

    /// <summary>The context length in characters.</summary>
    public const int Block = 64;

    public const int Batch = 12;

    public const int Iterations = 2000;
    public const int WarmUp = 100;
    public const double LearningRate = 1e-3;
    public const double LowestLearningRate = 1e-4;

    public const double Beta1 = 0.9;
    public const double Beta2 = 0.99;

    /// <summary>The weight decay of matrices, including embeddings. The scales of the normalizations are not decayed.</summary>
    public const double WeightDecay = 0.1;

    /// <summary>The maximum norm of the gradient of all parameters together.</summary>
    public const double GradientClip = 1.0;

    /// <summary>The fraction of the text, at its end, that is the validation set.</summary>
    public const double Validation = 0.1;

    /// <summary>Returns the learning rate of an iteration, counted from 0: linear warmup, cosine decay, then constant.</summary>
    public static double RateAt(int iteration)
    {
        if (iteration < WarmUp) return LearningRate * (iteration + 1) / (WarmUp + 1);
        double part = Math.Min(1.0, (iteration - WarmUp) / (double)(Iterations - WarmUp));
        return LowestLearningRate + (0.5 * (1 + Math.Cos(Math.PI * part)) * (LearningRate - LowestLearningRate));
    }
}

using System.Numerics.Tensors;

namespace Aphorist.Training;

/// <summary>
/// An exponential moving average of the parameters over training steps (Polyak, Juditsky, 1992): average = d average + (1 - d) parameters. The model holds
/// the average, so that generating, saving and validating use it. The optimizer updates a copy.
/// </summary>
/// <remarks>
/// d is the smaller of the decay and (1 + n) / (10 + n) after n steps, as in TensorFlow's ExponentialMovingAverage, so that the average soon forgets the
/// random initial weights.
/// </remarks>
internal sealed class WeightAverage
{
    private readonly LanguageModel model;
    private readonly double decay;

    /// <param name="model">The model. Its parameters become the average; training and average start from their values.</param>
    /// <param name="decay">The decay, above 0 and below 1.</param>
    public WeightAverage(LanguageModel model, double decay)
    {
        (this.model, this.decay) = (model, decay);
        Trained = LanguageModel.CreateEmpty(model.Spec, model.Tokenizer);
        model.Parameters.Values.CopyTo(Trained.Parameters.Values);
    }

    /// <summary>The model that the optimizer updates.</summary>
    public LanguageModel Trained { get; }

    /// <summary>The array that a checkpoint holds besides the trained parameters.</summary>
    public (string Name, Memory<float> Values) Array => ("average", model.Parameters.Memory);

    /// <summary>Updates the average of some parameters after a step. Threads may update different parameters at the same time.</summary>
    /// <param name="start">The first parameter.</param>
    /// <param name="length">The number of parameters.</param>
    /// <param name="step">The number of the step, from 1.</param>
    public void Update(int start, int length, long step)
    {
        Span<float> average = model.Parameters.Values.Slice(start, length);
        TensorPrimitives.Lerp(average, Trained.Parameters.Values.Slice(start, length), (float)(1 - DecayAt(step)), average);
    }

    private double DecayAt(long step) => Math.Min(decay, step / (step + 9.0));
}

using System.Numerics.Tensors;

namespace Aphorist.Training;

/// <summary>
/// An exponential moving average of the parameters over the steps of training (Polyak, Juditsky, 1992): average = d average + (1 - d) parameters. The
/// model itself holds the average, so that whoever reads, saves or measures it has that; what the optimizer moves is a copy.
/// </summary>
/// <remarks>
/// d is the smaller of what was asked for and (1 + n) / (10 + n) after n steps, as TensorFlow's ExponentialMovingAverage has it, so that the random
/// weights of the beginning are soon forgotten.
/// </remarks>
internal sealed class WeightAverage
{
    private readonly LanguageModel model;
    private readonly double decay;

    /// <param name="model">The model, whose parameters become the average; what they are now is what training and average begin with.</param>
    /// <param name="decay">d, above 0 and below 1.</param>
    public WeightAverage(LanguageModel model, double decay)
    {
        (this.model, this.decay) = (model, decay);
        Trained = LanguageModel.CreateEmpty(model.Spec, model.Tokenizer);
        model.Parameters.Values.CopyTo(Trained.Parameters.Values);
    }

    /// <summary>The model that the optimizer moves.</summary>
    public LanguageModel Trained { get; }

    /// <summary>What a checkpoint holds besides the trained parameters.</summary>
    public (string Name, Memory<float> Values) Arena => ("average", model.Parameters.Memory);

    /// <summary>Takes some parameters after a step into the average. Different threads may take different ones at the same time.</summary>
    /// <param name="start">The first value.</param>
    /// <param name="length">How many.</param>
    /// <param name="number">The step's number, from 1.</param>
    public void Update(int start, int length, long number)
    {
        Span<float> average = model.Parameters.Values.Slice(start, length);
        TensorPrimitives.Lerp(average, Trained.Parameters.Values.Slice(start, length), (float)(1 - DecayAt(number)), average);
    }

    private double DecayAt(long number) => Math.Min(decay, number / (number + 9.0));
}

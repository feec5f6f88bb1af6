using System.Numerics.Tensors;
using Aphorist.Interop.Hdf5;

namespace Aphorist.Interop.Keras;

/// <summary>What the optimizer of a model had accumulated, where it is one of ours: values like the weights, for each of its moments.</summary>
/// <param name="Steps">The steps that it had done; 0 where they were not counted.</param>
/// <param name="Names">Our names of the moments.</param>
/// <param name="Values">Their values.</param>
internal sealed record KerasMoments(long Steps, IReadOnlyList<string> Names, IReadOnlyList<KerasParameters> Values)
{
    /// <summary>Reads it; null if there is none, or none that is understood.</summary>
    /// <param name="network">The model.</param>
    /// <param name="configuration">What the file says about its optimizer.</param>
    /// <param name="weights">The weights in the file.</param>
    public static KerasMoments? Read(KerasNetwork network, KerasConfiguration configuration, KerasWeights weights)
    {
        if (configuration.Moments is not { } names) return null;
        // Momentum as Keras has it contains the learning rate.
        if (names.Contains(OptimizerState.SgdMomentum) && configuration.Optimizer!.LearningRate is not > 0) return null;
        IReadOnlyList<Hdf5Array> stored = weights.OfOptimizer();
        Hdf5Array[] trained = [.. weights.AsTrained(network.Weighted)];
        if (Sort([.. stored.Where(array => array.Shape.Count > 0)], trained, names.Count) is not { } moments) return null;
        long steps = stored.FirstOrDefault(array => array.Shape.Count == 0)?.ReadNumber() is >= 0 and < long.MaxValue and double count ? (long)count : 0;
        return new(steps, names, [.. names.Select((name, index) => ReadMoment(network, configuration.Optimizer!, name, new MomentWeights(weights, trained, moments[index])))]);
    }

    /// <summary>The arrays of each moment in the order of the weights. Keras has one moment after the other, or all of a weight together; shapes tell.</summary>
    private static Hdf5Array[][]? Sort(Hdf5Array[] stored, Hdf5Array[] weights, int moments)
    {
        int count = weights.Length;
        if (count == 0 || stored.Length < moments * count) return null;
        return Split((moment, place) => moment * count + place) ?? Split((moment, place) => place * moments + moment);

        Hdf5Array[][]? Split(Func<int, int, int> place)
        {
            Hdf5Array[][] sorted = [.. Enumerable.Range(0, moments).Select(moment => Enumerable.Range(0, count).Select(index => stored[place(moment, index)]).ToArray())];
            return sorted.All(arrays => arrays.Zip(weights).All(pair => pair.First.Shape.SequenceEqual(pair.Second.Shape))) ? sorted : null;
        }
    }

    private static KerasParameters ReadMoment(KerasNetwork network, KerasOptimizer optimizer, string name, MomentWeights weights)
    {
        bool isSquare = name is OptimizerState.RmsPropMeanSquare or OptimizerState.AdamMeanSquare;
        // Where sums are larger by a factor, gradients are smaller by it.
        KerasParameters values = KerasParameters.Read(network, weights, scale => isSquare ? 1 / (scale * scale) : 1 / scale);
        foreach (float[] array in name == OptimizerState.SgdMomentum ? values.Arrays : [])
            TensorPrimitives.Multiply(array, (float)(-1 / optimizer.LearningRate!.Value), array);
        // The second bias, which Keras has not, is added to the first and has its gradient.
        if (network.Spec.ResetsBefore) values = values with { Layers = [.. values.Layers.Select(layer => layer with { RecurrentBias = layer.Bias })] };
        return isSquare && values.Arrays.Any(array => array.Any(value => value < 0))
            ? throw new ModelFileException(network.Path, "the optimizer's mean of squares is negative somewhere, so the file is damaged; in Keras, save the model without its optimizer (include_optimizer=False)")
            : values;
    }

    /// <summary>The arrays of a moment in place of the weights.</summary>
    private sealed class MomentWeights(KerasWeights weights, Hdf5Array[] trained, Hdf5Array[] moment) : KerasWeights
    {
        public override IReadOnlyList<Hdf5Array> Of(KerasLayer layer) => [.. weights.Of(layer).Select(array => moment[Array.FindIndex(trained, found => found.Name == array.Name)])];

        public override IReadOnlyList<Hdf5Array> OfOptimizer() => [];
    }
}

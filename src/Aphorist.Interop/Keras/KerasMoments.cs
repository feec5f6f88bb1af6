using System.Numerics.Tensors;
using Aphorist.Interop.Hdf5;

namespace Aphorist.Interop.Keras;

/// <summary>The state of an optimizer that this library has too: for each of its moments, one value per weight.</summary>
/// <param name="Steps">The number of steps; 0 if they were not counted.</param>
/// <param name="Names">Our names of the moments.</param>
/// <param name="Values">The values of the moments.</param>
internal sealed record KerasMoments(long Steps, IReadOnlyList<string> Names, IReadOnlyList<KerasParameters> Values)
{
    /// <summary>Reads the state; null if there is none that can be imported.</summary>
    /// <param name="network">The model.</param>
    /// <param name="configuration">The configuration, with the optimizer.</param>
    /// <param name="weights">The weights in the file.</param>
    public static KerasMoments? Read(KerasNetwork network, KerasConfiguration configuration, KerasWeights weights)
    {
        if (configuration.Moments is not { } names) return null;
        // The momentum of Keras includes the learning rate.
        if (names.Contains(OptimizerState.SgdMomentum) && configuration.Optimizer!.LearningRate is not > 0) return null;
        IReadOnlyList<Hdf5Array> stored = weights.OfOptimizer();
        Hdf5Array[] trained = [.. weights.AsTrained(network.Weighted)];
        if (Sort([.. stored.Where(array => array.Shape.Count > 0)], trained, names.Count) is not { } moments) return null;
        long steps = stored.FirstOrDefault(array => array.Shape.Count == 0)?.ReadNumber() is >= 0 and < long.MaxValue and double count
            ? (long)count
            : 0;
        return new(steps, names, [.. names.Select(Read)]);

        KerasParameters Read(string name, int index) =>
            ReadMoment(network, configuration.Optimizer!, name, new MomentWeights(weights, trained, moments[index]));
    }

    /// <summary>
    /// Returns the arrays of each moment in the order of the weights. Keras stores them moment by moment or weight by weight; the shapes
    /// tell which.
    /// </summary>
    private static Hdf5Array[][]? Sort(Hdf5Array[] stored, Hdf5Array[] weights, int moments)
    {
        int count = weights.Length;
        if (count == 0 || stored.Length < moments * count) return null;
        return Split((moment, place) => moment * count + place) ?? Split((moment, place) => place * moments + moment);

        Hdf5Array[][]? Split(Func<int, int, int> place)
        {
            Hdf5Array[][] sorted = [.. Enumerable.Range(0, moments)
                .Select(moment => Enumerable.Range(0, count).Select(index => stored[place(moment, index)]).ToArray())];
            return sorted.All(arrays => arrays.Zip(weights).All(pair => pair.First.Shape.SequenceEqual(pair.Second.Shape))) ? sorted : null;
        }
    }

    private static KerasParameters ReadMoment(KerasNetwork network, KerasOptimizer optimizer, string name, MomentWeights weights)
    {
        bool isSquare = name is OptimizerState.RmsPropMeanSquare or OptimizerState.AdamMeanSquare;
        // Scaling the weights by a factor divides their gradients by it.
        KerasParameters values = KerasParameters.Read(network, weights, scale => isSquare ? 1 / (scale * scale) : 1 / scale);
        foreach (float[] array in name == OptimizerState.SgdMomentum ? values.Arrays : [])
            TensorPrimitives.Multiply(array, (float)(-1 / optimizer.LearningRate!.Value), array);
        // The second bias does not exist in Keras. It is added to the first, so it has the same gradient.
        if (network.Spec.ResetsBefore)
            values = values with { Layers = [.. values.Layers.Select(layer => layer with { RecurrentBias = layer.Bias })] };
        return isSquare && values.Arrays.Any(array => array.Any(value => value < 0))
            ? throw new ModelFileException(
                network.Path,
                "a mean square of its optimizer is negative, so the file is damaged; in Keras, save the model without its "
                + "optimizer (include_optimizer=False)")
            : values;
    }

    /// <summary>Returns the arrays of a moment instead of the weights.</summary>
    private sealed class MomentWeights(KerasWeights weights, Hdf5Array[] trained, Hdf5Array[] moment) : KerasWeights
    {
        public override IReadOnlyList<Hdf5Array> Of(KerasLayer layer) =>
            [.. weights.Of(layer).Select(array => moment[Array.FindIndex(trained, found => found.Name == array.Name)])];

        public override IReadOnlyList<Hdf5Array> OfOptimizer() => [];
    }
}

using Aphorist.Interop.Hdf5;

namespace Aphorist.Interop.Keras;

/// <summary>Where a file has the weights of a layer.</summary>
internal abstract class KerasWeights
{
    /// <summary>The arrays of a layer, in Keras's order.</summary>
    public abstract IReadOnlyList<Hdf5Array> Of(KerasLayer layer);

    /// <summary>The arrays of all these layers, in the order in which the optimizer had them.</summary>
    public virtual IReadOnlyList<Hdf5Array> AsTrained(IEnumerable<KerasLayer> layers) => [.. layers.SelectMany(Of)];

    /// <summary>What the optimizer had accumulated, in Keras's order; empty if the file has nothing of it.</summary>
    public abstract IReadOnlyList<Hdf5Array> OfOptimizer();
}

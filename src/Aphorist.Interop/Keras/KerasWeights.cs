using Aphorist.Interop.Hdf5;

namespace Aphorist.Interop.Keras;

/// <summary>Where a file has the weights of a layer.</summary>
internal abstract class KerasWeights
{
    /// <summary>The arrays of a layer, in Keras's order.</summary>
    public abstract IReadOnlyList<Hdf5Array> Of(KerasLayer layer);

    /// <summary>What the optimizer had accumulated, in Keras's order; empty if the file has nothing of it.</summary>
    public abstract IReadOnlyList<Hdf5Array> OfOptimizer();
}

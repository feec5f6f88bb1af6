using Aphorist.Interop.Hdf5;
using Aphorist.Storage;

namespace Aphorist.Interop.Keras;

/// <summary>The weights of an HDF5 file, as all versions of Keras write it: each layer's group lists the paths of its arrays.</summary>
internal sealed class NamedWeights(Hdf5File file, string root) : KerasWeights
{
    public override IReadOnlyList<Hdf5Array> Of(KerasLayer layer)
    {
        string group = $"{root}/{layer.Name}";
        if (!file.Has(group)) throw new ModelFileException(file.Path, $"the weights of {layer.Title} are missing");
        return ArraysOf(group);
    }

    public override IReadOnlyList<Hdf5Array> OfOptimizer() => ArraysOf("optimizer_weights");

    private Hdf5Array[] ArraysOf(string group) => [.. file.Names(group, "weight_names").Select(name => file.Array($"{group}/{name}"))];
}

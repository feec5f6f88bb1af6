using Aphorist.Interop.Hdf5;

namespace Aphorist.Interop.Keras;

/// <summary>The weights of an HDF5 file, as all versions of Keras write it: each layer's group lists the paths of its arrays.</summary>
/// <param name="file">The file.</param>
/// <param name="root">The group of the layers.</param>
/// <param name="sorted">Whether the optimizer had the weights in the order of their names.</param>
internal sealed class NamedWeights(Hdf5File file, string root, bool sorted = false) : KerasWeights
{
    public override IReadOnlyList<Hdf5Array> Of(KerasLayer layer) => [.. Find(layer).Select(found => found.Array)];

    public override IReadOnlyList<Hdf5Array> AsTrained(IEnumerable<KerasLayer> layers) =>
        sorted ? [.. layers.SelectMany(Find).OrderBy(found => found.Name, StringComparer.Ordinal).Select(found => found.Array)] : base.AsTrained(layers);

    public override IReadOnlyList<Hdf5Array> OfOptimizer() => [.. ArraysOf("optimizer_weights").Select(found => found.Array)];

    private IEnumerable<(string Name, Hdf5Array Array)> Find(KerasLayer layer)
    {
        string group = $"{root}/{layer.Name}";
        return file.Has(group) ? ArraysOf(group) : throw new ModelFileException(file.Path, $"the weights of {layer.Title} are missing");
    }

    /// <summary>Names are paths from the group, or from the file's root: where Keras 2.0 counted an optimizer's steps.</summary>
    private IEnumerable<(string Name, Hdf5Array Array)> ArraysOf(string group) =>
        file.Names(group, "weight_names").Select(name => (name, file.Array(name.StartsWith('/') ? name : $"{group}/{name}")));
}

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

/// <summary>The weights in Keras 3's own file: a layer's arrays are numbered in a group that is named after the layer's class, and its place among those of that class.</summary>
internal sealed class NumberedWeights : KerasWeights
{
    // An optimizer with three moments of each weight has fewer.
    private const int MostArrays = 256;

    // The Keras of TensorFlow 2.12 and 2.13 called the list of layers otherwise.
    private static readonly string[] Roots = ["layers", "_layer_checkpoint_dependencies"];

    private readonly Hdf5File file;
    private readonly string root;
    private readonly Dictionary<int, string> groups = [];

    public NumberedWeights(Hdf5File file, IReadOnlyList<KerasLayer> layers)
    {
        (this.file, root) = (file, RootOf(file) ?? Roots[0]);
        Dictionary<string, int> used = [];
        foreach (KerasLayer layer in layers)
        {
            string name = GroupOf(layer.Wrapper ?? layer.ClassName);
            int number = used[name] = used.TryGetValue(name, out int last) ? last + 1 : 0;
            groups[layer.Position] = number == 0 ? name : $"{name}_{number}";
        }
    }

    /// <summary>The group of the layers; null where the file has none.</summary>
    public static string? RootOf(Hdf5File file) => Roots.FirstOrDefault(file.Has);

    public override IReadOnlyList<Hdf5Array> Of(KerasLayer layer)
    {
        string inner = layer.Wrapper is null ? "" : "/layer", cell = layer.ClassName is "LSTM" or "GRU" ? "/cell" : "";
        string group = $"{root}/{groups[layer.Position]}{inner}{cell}/vars";
        return ArraysOf(group);
    }

    public override IReadOnlyList<Hdf5Array> OfOptimizer() => ArraysOf("optimizer/vars");

    private Hdf5Array[] ArraysOf(string group) => [.. Enumerable.Range(0, MostArrays).Select(number => $"{group}/{number}").TakeWhile(file.Has).Select(file.Array)];

    /// <summary>The name of a class in snake case; of those that have weights only one is of two words.</summary>
    private static string GroupOf(string className) => className == "TimeDistributed" ? "time_distributed" : className.ToLowerInvariant();
}

using Aphorist.Interop.Hdf5;

namespace Aphorist.Interop.Keras;

/// <summary>Finds the weights of layers in a file.</summary>
internal abstract class KerasWeights
{
    /// <summary>Returns the arrays of a layer in the order of Keras.</summary>
    public abstract IReadOnlyList<Hdf5Array> Of(KerasLayer layer);

    /// <summary>Returns the arrays of all layers in the order of the optimizer.</summary>
    public virtual IReadOnlyList<Hdf5Array> AsTrained(IEnumerable<KerasLayer> layers) => [.. layers.SelectMany(Of)];

    /// <summary>Returns the optimizer state in the order of Keras; empty if the file has none.</summary>
    public abstract IReadOnlyList<Hdf5Array> OfOptimizer();
}

/// <summary>Weights in an HDF5 file, which all versions of Keras write: the group of each layer lists the paths of its arrays.</summary>
/// <param name="file">The file.</param>
/// <param name="root">The path of the group of the layers.</param>
/// <param name="sorted">Whether the optimizer sorted the weights by name.</param>
internal sealed class NamedWeights(Hdf5File file, string root, bool sorted = false) : KerasWeights
{
    public override IReadOnlyList<Hdf5Array> Of(KerasLayer layer) => [.. Find(layer).Select(found => found.Array)];

    public override IReadOnlyList<Hdf5Array> AsTrained(IEnumerable<KerasLayer> layers) =>
        sorted
            ? [.. layers.SelectMany(Find).OrderBy(found => found.Name, StringComparer.Ordinal).Select(found => found.Array)]
            : base.AsTrained(layers);

    public override IReadOnlyList<Hdf5Array> OfOptimizer() => [.. ArraysOf("optimizer_weights").Select(found => found.Array)];

    private IEnumerable<(string Name, Hdf5Array Array)> Find(KerasLayer layer)
    {
        string group = $"{root}/{layer.Name}";
        return file.Has(group) ? ArraysOf(group) : throw new ModelFileException(file.Path, $"the weights of {layer.Title} are missing");
    }

    /// <summary>
    /// Returns the arrays of a group. Names are paths relative to the group, or absolute for the optimizer steps of Keras 2.0.
    /// </summary>
    private IEnumerable<(string Name, Hdf5Array Array)> ArraysOf(string group) =>
        file.Names(group, "weight_names").Select(name => (name, file.Array(name.StartsWith('/') ? name : $"{group}/{name}")));
}

/// <summary>
/// Weights in the Keras 3 format: numbered arrays in a group whose name is the class of the layer and its number among the layers of that
/// class.
/// </summary>
internal sealed class NumberedWeights : KerasWeights
{
    // More than an optimizer with three moments per weight needs.
    private const int MostArrays = 256;

    // Keras in TensorFlow 2.12 and 2.13 has another name for the list of layers.
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

    /// <summary>Returns the path of the group of the layers; null if there is none.</summary>
    public static string? RootOf(Hdf5File file) => Roots.FirstOrDefault(file.Has);

    /// <summary>Returns the name of a class in snake case.</summary>
    public static string GroupOf(string className) => className switch
    {
        "TimeDistributed" => "time_distributed",
        KerasRecurrentLayer.SimpleRnn => "simple_rnn",
        _ => className.ToLowerInvariant(),
    };

    public override IReadOnlyList<Hdf5Array> Of(KerasLayer layer)
    {
        string inner = layer.Wrapper is null ? "" : "/layer", cell = KerasRecurrentLayer.IsOne(layer.ClassName) ? "/cell" : "";
        string group = $"{root}/{groups[layer.Position]}{inner}{cell}/vars";
        return ArraysOf(group);
    }

    public override IReadOnlyList<Hdf5Array> OfOptimizer() => ArraysOf("optimizer/vars");

    private Hdf5Array[] ArraysOf(string group) =>
        [.. Enumerable.Range(0, MostArrays).Select(number => $"{group}/{number}").TakeWhile(file.Has).Select(file.Array)];
}

using System.IO.Compression;
using System.Text.Json.Nodes;
using PureHDF;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>Writes made-up models as Keras does. The parts can be changed before they are put together.</summary>
internal sealed class KerasFile
{
    private readonly KerasSample sample;
    private readonly KerasDialect dialect;

    public KerasFile(KerasSample sample, KerasDialect dialect)
    {
        (this.sample, this.dialect) = (sample, dialect);
        Layers = KerasDocument.LayersOf(sample.Shape, dialect);
        Training = KerasDocument.Training(dialect);
        Version = dialect switch { KerasDialect.Keras1 => "1.2.2", KerasDialect.Keras2 => "2.2.4", _ => "3.6.0" };
    }

    public string? Version { get; set; }

    public JsonArray Layers { get; }

    /// <summary>What the weights are written as: float, double or Half.</summary>
    public Type ValueType { get; set; } = typeof(float);

    /// <summary>Chunks in which the weights are packed; null for none.</summary>
    public H5WriteOptions? Options { get; set; }

    /// <summary>What the model was compiled with.</summary>
    public JsonObject Training { get; set; }

    /// <summary>What the optimizer has accumulated, each moment as if it were the weights of a model; empty for nothing.</summary>
    public IReadOnlyList<KerasSample> Moments { get; set; } = [];

    /// <summary>Whether all moments of a weight stand together, and not one moment of all weights.</summary>
    public bool IsInterleaved { get; set; }

    /// <summary>The steps that the optimizer has done; null for an optimizer that does not count them.</summary>
    public long? Steps { get; set; }

    /// <summary>Whether the steps stand in the file's root, as Keras 2.0 put them.</summary>
    public bool HasStepsAtRoot { get; set; }

    /// <summary>Arrays behind the moments.</summary>
    public IReadOnlyList<H5Dataset> MoreOfOptimizer { get; set; } = [];

    /// <summary>Changes the weights' group before it is written.</summary>
    public Action<H5Group>? Change { get; set; }

    /// <summary>The whole file.</summary>
    public byte[] ToBytes() => dialect == KerasDialect.Keras3 ? Archive() : Hdf5(WholeFile());

    /// <summary>What <c>save_weights</c> writes: the weights without the model.</summary>
    public byte[] ToBareWeights() => Hdf5(dialect == KerasDialect.Keras3 ? Numbered() : WeightsOf(new H5File()));

    private H5File WholeFile()
    {
        H5File file = new() { ["model_weights"] = WeightsOf(new H5Group()) };
        if (OptimizerArrays() is { Length: > 0 } optimizer)
            AddOptimizer(file, [.. optimizer.Select((array, number) => ($"adam/variable_{number}:0", array))]);
        file.Attributes["model_config"] = KerasDocument.ModelOf((JsonArray)Layers.DeepClone(), dialect).ToJsonString();
        file.Attributes["training_config"] = Training.ToJsonString();
        if (Version is not null) file.Attributes["keras_version"] = Version;
        return file;
    }

    /// <summary>Adds the layers, each a group that lists its arrays, to a group.</summary>
    private TGroup WeightsOf<TGroup>(TGroup weights)
        where TGroup : H5Group
    {
        Dictionary<string, (string Name, Func<H5Dataset> Data)[]> layers = ArraysByLayer();
        foreach (JsonNode? layer in Layers)
        {
            string name = layer!["config"]!["name"]!.GetValue<string>();
            H5Group group = [];
            if (layers.TryGetValue(name, out (string Name, Func<H5Dataset> Data)[]? arrays))
            {
                group.Attributes["weight_names"] = arrays.Select(array => $"{name}/{array.Name}").ToArray();
                H5Group inner = [];
                foreach ((string array, Func<H5Dataset> data) in arrays) inner[array] = data();
                group[name] = inner;
            }

            weights[name] = group;
        }

        weights.Attributes["layer_names"] = Layers.Select(layer => layer!["config"]!["name"]!.GetValue<string>()).ToArray();
        Change?.Invoke(weights);
        return weights;
    }

    private byte[] Archive()
    {
        JsonObject model = KerasDocument.ModelOf((JsonArray)Layers.DeepClone(), dialect);
        model["compile_config"] = Training.DeepClone();
        return Zip(
            ("metadata.json", System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["keras_version"] = Version }.ToJsonString())),
            ("config.json", System.Text.Encoding.UTF8.GetBytes(model.ToJsonString())),
            ("model.weights.h5", Hdf5(Numbered())));
    }

    /// <summary>The weights as Keras 3 has them: groups named after classes, arrays numbered.</summary>
    private H5File Numbered()
    {
        H5Group layers = [];
        if (sample.Shape.EmbeddingSize > 0)
            layers["embedding"] = Vars(Array(sample.Embedding, sample.Shape.VocabularySize, sample.Shape.EmbeddingSize));
        for (int layer = 0; layer < sample.Shape.Layers; layer++)
        {
            string name = sample.Shape.SnakeName;
            H5Group cell = Vars([.. WholeGates(layer).Select(array => array.Data())]);
            layers[layer == 0 ? name : $"{name}_{layer}"] = new H5Group { ["cell"] = cell };
        }

        H5Group dense = Vars([.. Dense().Select(array => array.Data())]);
        layers[sample.Shape.PredictsAll ? "time_distributed" : "dense"] = sample.Shape.PredictsAll
            ? new H5Group { ["layer"] = dense }
            : dense;
        Change?.Invoke(layers);
        return new H5File { ["layers"] = layers, ["optimizer"] = Vars(OptimizerArrays()) };
    }

    /// <summary>An archive of these entries.</summary>
    public static byte[] Zip(params (string Name, byte[] Bytes)[] entries)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in entries)
            {
                using Stream entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    private byte[] Hdf5(H5File file)
    {
        using MemoryStream stream = new();
        file.Write(stream, Options);
        return stream.ToArray();
    }

    private H5Dataset[] OptimizerArrays()
    {
        H5Dataset[][] moments = [.. Moments.Select(moment => new KerasFile(moment, dialect).ArraysAsTrained())];
        IEnumerable<H5Dataset> sorted = IsInterleaved
            ? Enumerable.Range(0, moments[0].Length).SelectMany(place => moments.Select(moment => moment[place]))
            : moments.SelectMany(arrays => arrays);
        return [.. Steps is { } steps ? new[] { new H5Dataset(steps, fileDims: []) } : [], .. sorted, .. MoreOfOptimizer];
    }

    /// <summary>The arrays of all layers in the order in which optimizers had them: of their names, in Keras 1.</summary>
    private H5Dataset[] ArraysAsTrained()
    {
        IEnumerable<(string Name, Func<H5Dataset> Data)> arrays = ArraysByLayer()
            .SelectMany(layer => layer.Value.Select(array => ($"{layer.Key}/{array.Name}", array.Data)));
        return [.. (dialect == KerasDialect.Keras1 ? arrays.OrderBy(array => array.Name, StringComparer.Ordinal) : arrays)
            .Select(array => array.Data())];
    }

    private void AddOptimizer(H5File file, (string Name, H5Dataset Data)[] arrays)
    {
        file["optimizer_weights"] = Named(HasStepsAtRoot ? arrays[1..] : arrays);
        if (!HasStepsAtRoot) return;
        ((H5Group)file["optimizer_weights"]).Attributes["weight_names"] = arrays.Select(
            (array, place) => place == 0 ? "/iterations" : array.Name).ToArray();
        file["iterations"] = arrays[0].Data;
    }

    /// <summary>A group that lists its arrays, whose names are paths.</summary>
    private static H5Group Named((string Name, H5Dataset Data)[] arrays)
    {
        H5Group named = [], inner = [];
        named.Attributes["weight_names"] = arrays.Select(array => array.Name).ToArray();
        foreach ((string name, H5Dataset data) in arrays) inner[name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..]] = data;
        named[arrays[0].Name[..arrays[0].Name.IndexOf('/', StringComparison.Ordinal)]] = inner;
        return named;
    }

    private static H5Group Vars(params H5Dataset[] arrays)
    {
        H5Group vars = [];
        foreach ((int number, H5Dataset array) in arrays.Index()) vars[$"{number}"] = array;
        return new H5Group { ["vars"] = vars };
    }

    private Dictionary<string, (string Name, Func<H5Dataset> Data)[]> ArraysByLayer()
    {
        Dictionary<string, (string Name, Func<H5Dataset> Data)[]> layers = [];
        if (sample.Shape.EmbeddingSize > 0)
        {
            layers["embedding_1"] =
                [("embeddings:0", () => Array(sample.Embedding, sample.Shape.VocabularySize, sample.Shape.EmbeddingSize))];
        }

        for (int layer = 0; layer < sample.Shape.Layers; layer++)
            layers[$"{sample.Shape.SnakeName}_{layer + 1}"] = dialect == KerasDialect.Keras1
                ? SingleGates(layer)
                : WholeGates(layer);
        layers[sample.Shape.PredictsAll ? "time_distributed_1" : "dense_1"] = Dense();
        return layers;
    }

    private (string Name, Func<H5Dataset> Data)[] Dense() =>
    [
        ("kernel:0", () => Array(sample.DenseKernel, sample.Shape.HiddenSize, sample.Shape.VocabularySize)),
        ("bias:0", () => Array(sample.DenseBias, sample.Shape.VocabularySize)),
    ];

    private (string Name, Func<H5Dataset> Data)[] WholeGates(int layer)
    {
        (KerasShape shape, KerasSample.Recurrent weights) = (sample.Shape, sample.Layers[layer]);
        int columns = shape.GateCount * shape.HiddenSize;
        (string Name, Func<H5Dataset> Data)[] kernels =
            [("kernel:0", () => Array(weights.Kernel, shape.InputSize(layer), columns)),
                ("recurrent_kernel:0", () => Array(weights.RecurrentKernel, shape.HiddenSize, columns))];
        return shape.UsesBias ? [.. kernels,
            ("bias:0", () => sample.HasTwoBiases ? Array(weights.Bias, 2, columns) : Array(weights.Bias, columns))] : kernels;
    }

    /// <summary>An LSTM's gates came in the order i, c, f, o, a GRU's as z, r, h. A SimpleRNN has one W, U and b.</summary>
    private (string Name, Func<H5Dataset> Data)[] SingleGates(int layer)
    {
        (KerasShape shape, KerasSample.Recurrent weights, int hidden) = (sample.Shape, sample.Layers[layer], sample.Shape.HiddenSize);
        (string Ending, int Block)[] gates = shape.IsRnn ? [("", 0)]
            : shape.IsGru ? [("_z", 0), ("_r", 1), ("_h", 2)]
            : [("_i", 0), ("_c", 2), ("_f", 1), ("_o", 3)];
        return [.. gates.SelectMany(gate => new (string Name, Func<H5Dataset> Data)[]
        {
            ($"W{gate.Ending}", () => Array(Block(weights.Kernel, gate.Block), shape.InputSize(layer), hidden)),
            ($"U{gate.Ending}", () => Array(Block(weights.RecurrentKernel, gate.Block), hidden, hidden)),
            ($"b{gate.Ending}", () => Array(Block(weights.Bias, gate.Block), hidden)),
        })];
    }

    private float[] Block(float[] values, int gate) =>
        [.. values.Where((_, place) => place / sample.Shape.HiddenSize % sample.Shape.GateCount == gate)];

    private H5Dataset Array(float[] values, params int[] shape)
    {
        object data = ValueType == typeof(float) ? values
            : ValueType == typeof(double) ? System.Array.ConvertAll(values, value => (double)value)
            : System.Array.ConvertAll(values, value => (Half)value);
        ulong[] dimensions = [.. shape.Select(size => (ulong)size)];
        return new H5Dataset(data, chunks: Options is null ? null : [.. shape.Select(size => (uint)size)], fileDims: dimensions);
    }
}

using System.IO.Compression;
using System.Text.Json.Nodes;
using PureHDF;

namespace Aphorist.Interop.Keras;

/// <summary>Writes a <c>.keras</c> file of Keras 3: a zip archive of the configuration, the version and the weights.</summary>
internal static class KerasWrittenArchive
{
    // A fixed time of the entries, so that the same model gives the same file.
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void Write(LanguageModel model, Stream stream)
    {
        // Our hard sigmoid at x is that of Keras 3, relu6(x + 3) / 6, at 6/5 x.
        IReadOnlyList<KerasWrittenLayer> layers = KerasWrittenLayer.Of(
            model, model.Spec.Gates == GateActivation.HardSigmoid ? 1 / KerasRecurrentLayer.Keras3Slope : 1);
        using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(archive, "metadata.json", entry => entry.Write("""{"keras_version": "3.0.0"}"""u8));
        Add(archive, "config.json", entry =>
            entry.Write(System.Text.Encoding.UTF8.GetBytes(ConfigurationOf(model, layers).ToJsonString())));
        Add(archive, "model.weights.h5", entry =>
        {
            using MemoryStream weights = new();
            WeightsOf(layers).Write(weights);
            weights.WriteTo(entry);
        });
    }

    private static void Add(ZipArchive archive, string name, Action<Stream> write)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = Time;
        using Stream stream = entry.Open();
        write(stream);
    }

    private static JsonObject ConfigurationOf(LanguageModel model, IReadOnlyList<KerasWrittenLayer> layers)
    {
        JsonObject input = new()
        {
            ["batch_shape"] = KerasWrittenLayer.InputShape(model),
            ["dtype"] = "float32",
            ["sparse"] = false,
            ["name"] = "input_layer",
        };
        JsonObject[] all = [new() { ["class_name"] = "InputLayer", ["config"] = input }, .. layers.Select(layer => layer.ToJson())];
        foreach (JsonObject layer in all) (layer["module"], layer["registered_name"]) = ("keras.layers", null);
        return new()
        {
            ["module"] = "keras",
            ["class_name"] = "Sequential",
            ["config"] = new JsonObject
            {
                ["name"] = "sequential",
                ["trainable"] = true,
                ["dtype"] = "float32",
                ["layers"] = new JsonArray([.. all]),
            },
            ["registered_name"] = null,
            ["build_config"] = new JsonObject { ["input_shape"] = KerasWrittenLayer.InputShape(model) },
        };
    }

    /// <summary>
    /// Describes the weights: groups are named after the classes of the layers, and arrays are numbered. Keras up to at least 3.3 requires
    /// the empty groups.
    /// </summary>
    private static H5File WeightsOf(IReadOnlyList<KerasWrittenLayer> layers)
    {
        H5Group all = [];
        foreach (KerasWrittenLayer layer in layers)
        {
            string name = NumberedWeights.GroupOf(layer.ClassName);
            int number = layers.TakeWhile(earlier => earlier != layer).Count(earlier => earlier.ClassName == layer.ClassName);
            H5Group vars = [];
            foreach ((int place, H5Dataset array) in layer.Datasets.Index()) vars[$"{place}"] = array;
            H5Group group = new() { ["vars"] = vars };
            all[number == 0 ? name : $"{name}_{number}"] = layer.IsRecurrent
                ? new H5Group { ["cell"] = group, ["vars"] = new H5Group() }
                : group;
        }

        return new() { ["layers"] = all, ["vars"] = new H5Group() };
    }
}

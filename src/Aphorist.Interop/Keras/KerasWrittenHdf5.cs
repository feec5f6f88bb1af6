using System.Text.Json.Nodes;
using PureHDF;

namespace Aphorist.Interop.Keras;

/// <summary>Writes an HDF5 file like <c>model.save("model.h5")</c> of Keras 2.</summary>
internal static class KerasWrittenHdf5
{
    public static void Write(LanguageModel model, Stream stream)
    {
        IReadOnlyList<KerasWrittenLayer> layers = KerasWrittenLayer.Of(model);
        string configuration = ConfigurationOf(model, layers);
        // Keras 2.2 and 2.3 decode attributes, which works only for strings of fixed length in their h5py. No string is longer than this.
        Describe(layers, configuration).Write(stream, new H5WriteOptions(DefaultStringLength: configuration.Length));
    }

    /// <summary>
    /// Returns the configuration of the model. It has an InputLayer, because Keras 3 misreads the input shape of another first layer.
    /// </summary>
    private static string ConfigurationOf(LanguageModel model, IReadOnlyList<KerasWrittenLayer> layers)
    {
        JsonObject input = new()
        {
            ["batch_input_shape"] = KerasWrittenLayer.InputShape(model),
            ["dtype"] = "float32",
            ["sparse"] = false,
            ["name"] = "input_1",
        };
        JsonObject[] all = [new() { ["class_name"] = "InputLayer", ["config"] = input }, .. layers.Select(layer => layer.ToJson())];
        JsonObject sequence = new() { ["name"] = "sequential", ["layers"] = new JsonArray([.. all]) };
        return new JsonObject { ["class_name"] = "Sequential", ["config"] = sequence }.ToJsonString();
    }

    private static H5File Describe(IReadOnlyList<KerasWrittenLayer> layers, string configuration)
    {
        H5Group weights = [];
        foreach (KerasWrittenLayer layer in layers) weights[layer.Name] = layer.ToGroup();
        weights.Attributes["layer_names"] = layers.Select(layer => layer.Name).ToArray();
        H5File file = new() { ["model_weights"] = weights };
        file.Attributes["model_config"] = configuration;
        foreach (H5Object place in new H5Object[] { file, weights })
        {
            // The version of this layout. Without it Keras assumes version 1.
            place.Attributes["keras_version"] = "2.4.0";
            place.Attributes["backend"] = "tensorflow";
        }

        return file;
    }
}

using System.Text.Json.Nodes;
using PureHDF;

namespace Aphorist.Interop.Keras;

/// <summary>The HDF5 file that <c>model.save("model.h5")</c> of Keras 2 writes.</summary>
internal static class KerasWrittenHdf5
{
    public static void Write(LanguageModel model, Stream stream)
    {
        IReadOnlyList<KerasWrittenLayer> layers = KerasWrittenLayer.Of(model);
        string configuration = ConfigurationOf(model, layers);
        // Keras 2.2 and 2.3 decode attributes, which their h5py gives them to be decoded only if they have a fixed length; no text is longer than this.
        Describe(layers, configuration).Write(stream, new H5WriteOptions(DefaultStringLength: configuration.Length));
    }

    /// <summary>The model around its layers. The input stands before them: where it is told at the first of them, Keras 3 takes the batch for a dimension of it.</summary>
    private static string ConfigurationOf(LanguageModel model, IReadOnlyList<KerasWrittenLayer> layers)
    {
        JsonObject input = new() { ["batch_input_shape"] = KerasWrittenLayer.InputShape(model), ["dtype"] = "float32", ["sparse"] = false, ["name"] = "input_1" };
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
            // The version whose layout this is; Keras reads files of version 1 otherwise.
            place.Attributes["keras_version"] = "2.4.0";
            place.Attributes["backend"] = "tensorflow";
        }

        return file;
    }
}

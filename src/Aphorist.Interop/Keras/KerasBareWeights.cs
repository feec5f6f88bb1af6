using System.Text.Json;
using System.Text.Json.Nodes;
using Aphorist.Interop.Hdf5;

namespace Aphorist.Interop.Keras;

/// <summary>
/// A weights-only file, as <c>save_weights</c> writes it. The shapes of the arrays determine the layers, but not their activations and
/// the window.
/// </summary>
internal sealed class KerasBareWeights
{
    private readonly Hdf5File file;
    private readonly KerasChoices choices;
    private readonly List<KerasLayer> layers = [];

    private KerasBareWeights(Hdf5File file, KerasChoices choices) => (this.file, this.choices) = (file, choices);

    /// <summary>Whether a file contains only weights.</summary>
    public static bool IsOne(Hdf5File file) => file.Names("/", "layer_names").Length > 0 || IsKeras3(file);

    /// <summary>Derives the layers and finds their weights.</summary>
    /// <param name="file">The file.</param>
    /// <param name="choices">What the file does not contain.</param>
    /// <exception cref="ModelFileException">
    /// The arrays are not those of a layer that can be imported, or the activation of the recurrent layers is not given.
    /// </exception>
    public static (KerasConfiguration Configuration, KerasWeights Weights) Read(Hdf5File file, KerasChoices choices)
    {
        KerasBareWeights found = new(file, choices);
        string? version = IsKeras3(file) ? "3" : file.Text("/", "keras_version");
        KerasWeights weights = IsKeras3(file) ? found.DescribeKeras3() : found.DescribeNamed();
        return (new(file.Path, version, found.layers), weights);
    }

    private static bool IsKeras3(Hdf5File file) => NumberedWeights.RootOf(file) is not null;

    /// <summary>Derives the layers from the list of their names, in files of Keras 1 and 2.</summary>
    private NamedWeights DescribeNamed()
    {
        NamedWeights weights = new(file, "");
        foreach (string name in file.Names("/", "layer_names"))
            Add(name, weights.Of(new KerasLayer(file.Path, layers.Count + 1, "layer", name, default)));
        return weights;
    }

    /// <summary>Derives the layers from the groups, which are named after the classes, in files of Keras 3.</summary>
    private NumberedWeights DescribeKeras3()
    {
        (string ClassName, string? Wrapper)[] kinds =
        [
            ("Embedding", null), ("LSTM", null), ("GRU", null), (KerasRecurrentLayer.SimpleRnn, null),
            ("Dense", null), ("Dense", "TimeDistributed"),
        ];
        foreach ((string className, string? wrapper) in kinds)
        {
            List<KerasLayer> all = [.. layers];
            while (true)
            {
                KerasLayer next = new(file.Path, all.Count + 1, className, className.ToLowerInvariant(), default, wrapper);
                IReadOnlyList<Hdf5Array> arrays = new NumberedWeights(file, [.. all, next]).Of(next);
                if (arrays.Count == 0) break;
                Add(next.Name, arrays, wrapper);
                all.Add(next);
            }
        }

        return new(file, layers);
    }

    private void Add(string name, IReadOnlyList<Hdf5Array> arrays, string? wrapper = null)
    {
        if (arrays.Count == 0) return;
        if (layers.Count == KerasConfiguration.MostLayers)
        {
            throw new ModelFileException(
                file.Path, $"it has weights of more than {KerasConfiguration.MostLayers} layers, which is the maximum");
        }

        IReadOnlyList<long>[] shapes = [.. arrays.Select(array => array.Shape)];
        bool isFirst = layers.Count == 0;
        (string className, JsonObject config) = shapes switch
        {
            [[long tokens, long size]] when isFirst => ("Embedding", new JsonObject { ["input_dim"] = tokens, ["output_dim"] = size }),
            [[_, long units]] => ("Dense", Dense(units, usesBias: false)),
            [[_, long units], [_]] => ("Dense", Dense(units, usesBias: true)),
            [[_, _], [long units, long columns], ..] when shapes.Length <= 3 && columns == 4 * units => ("LSTM", Recurrent(units, shapes)),
            [[_, _], [long units, long columns], ..] when shapes.Length <= 3 && columns == 3 * units => ("GRU", Recurrent(units, shapes)),
            [[_, long outputs], [long units, long columns], ..] when shapes.Length <= 3 && columns == units && outputs == units =>
                (KerasRecurrentLayer.SimpleRnn, Rnn(units, shapes)),
            // Keras 1 has three arrays per gate.
            [[_, long units], ..] when shapes.Length is 9 or 12 => (shapes.Length == 9 ? "GRU" : "LSTM", Recurrent(units, shapes)),
            _ => throw new ModelFileException(
                file.Path,
                $"the weights of '{name}' are {shapes.Length} arrays, "
                + $"[{string.Join("], [", shapes.Select(shape => string.Join(", ", shape)))}], "
                + "which is not an Embedding, LSTM, GRU, SimpleRNN or Dense layer"),
        };
        config["name"] = name;
        if (isFirst)
        {
            config["batch_input_shape"] = className == "Embedding"
                ? new JsonArray(null, choices.Window)
                : new JsonArray(null, choices.Window, shapes[0][0]);
        }

        layers.Add(new(file.Path, layers.Count + 1, className, name, JsonElement.Parse(config.ToJsonString()), wrapper));
    }

    private static JsonObject Dense(long units, bool usesBias) =>
        new() { ["units"] = units, ["activation"] = "softmax", ["use_bias"] = usesBias };

    private JsonObject Recurrent(long units, IReadOnlyList<long>[] shapes)
    {
        GateActivation gates = choices.Gates ?? throw Missing("the activation of their gates (sigmoid or hard-sigmoid)");
        JsonObject config = Layer(units, "tanh", shapes);
        config["recurrent_activation"] = KerasRecurrentLayer.NameOf(gates);
        // A bias of shape [2, 3 H] has two biases per gate.
        config["reset_after"] = shapes is [_, _, [2, _]];
        return config;
    }

    private JsonObject Rnn(long units, IReadOnlyList<long>[] shapes) => Layer(
        units, KerasRecurrentLayer.NameOf(choices.Activation ?? throw Missing("the activation of the RNN (tanh or relu)")), shapes);

    private static JsonObject Layer(long units, string activation, IReadOnlyList<long>[] shapes) => new()
    {
        ["units"] = units,
        ["activation"] = activation,
        ["use_bias"] = shapes.Length != 2,
        // Unknown for the last layer, and it makes no difference there.
        ["return_sequences"] = true,
        ["stateful"] = true,
    };

    private ModelFileException Missing(string choice) => new(
        file.Path,
        $"it contains only weights, as save_weights writes them; give {choice}, or save the whole model with model.save('model.h5')");
}

/// <summary>What a weights-only file does not contain.</summary>
/// <param name="Gates">The <c>recurrent_activation</c> of LSTM or GRU layers; null if it is not known.</param>
/// <param name="Activation">The <c>activation</c> of SimpleRNN layers; null if it is not known.</param>
/// <param name="Window">The input length.</param>
internal sealed record KerasChoices(GateActivation? Gates, Activation? Activation, int Window);

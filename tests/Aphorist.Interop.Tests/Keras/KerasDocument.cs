using System.Text.Json.Nodes;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>What Keras writes about a model, in the words of its versions.</summary>
internal static class KerasDocument
{
    /// <summary>The layers of a model, the first with the shape of its input.</summary>
    public static JsonArray LayersOf(KerasShape shape, KerasDialect dialect)
    {
        JsonArray layers = [];
        if (dialect >= KerasDialect.Keras3Hdf5)
            layers.Add(Layer("InputLayer", "input_layer", new JsonObject { ["batch_shape"] = InputShape(shape) }));
        if (shape.EmbeddingSize > 0)
        {
            layers.Add(Layer("Embedding", "embedding_1",
                new JsonObject { ["input_dim"] = shape.VocabularySize, ["output_dim"] = shape.EmbeddingSize, ["mask_zero"] = false }));
        }

        for (int layer = 0; layer < shape.Layers; layer++)
        {
            layers.Add(Layer(shape.ClassName, $"{shape.SnakeName}_{layer + 1}", Recurrent(shape, layer, dialect)));
            layers.Add(Layer("Dropout", $"dropout_{layer + 1}", new JsonObject { ["rate"] = 0.2 }));
        }

        JsonObject dense = Layer("Dense", "dense_1", new JsonObject
        {
            [dialect == KerasDialect.Keras1 ? "output_dim" : "units"] = shape.VocabularySize,
            ["activation"] = shape.PredictsAll ? "softmax" : "linear",
        });
        layers.Add(shape.PredictsAll ? Layer("TimeDistributed", "time_distributed_1", new JsonObject { ["layer"] = dense }) : dense);
        if (!shape.PredictsAll) layers.Add(Layer("Activation", "activation_1", new JsonObject { ["activation"] = "softmax" }));
        if (dialect < KerasDialect.Keras3Hdf5) layers[0]!["config"]!["batch_input_shape"] = InputShape(shape);
        return layers;
    }

    /// <summary>The model around its layers.</summary>
    public static JsonObject ModelOf(JsonArray layers, KerasDialect dialect) => new()
    {
        ["class_name"] = "Sequential",
        ["config"] = dialect == KerasDialect.Keras1 ? layers : new JsonObject { ["name"] = "sequential_1", ["layers"] = layers },
    };

    /// <summary>What the model was compiled with.</summary>
    public static JsonObject Training(KerasDialect dialect) => new()
    {
        [dialect == KerasDialect.Keras3 ? "optimizer" : "optimizer_config"] = new JsonObject
        {
            ["class_name"] = "Adam",
            ["config"] = new JsonObject { [dialect == KerasDialect.Keras1 ? "lr" : "learning_rate"] = 0.002 },
        },
    };

    private static JsonArray InputShape(KerasShape shape) =>
        shape.EmbeddingSize > 0 ? [null, shape.Window] : [null, shape.Window, shape.VocabularySize];

    private static JsonObject Layer(string className, string name, JsonObject config)
    {
        config["name"] = name;
        return new() { ["class_name"] = className, ["config"] = config };
    }

    private static JsonObject Recurrent(KerasShape shape, int layer, KerasDialect dialect)
    {
        bool isKeras1 = dialect == KerasDialect.Keras1;
        JsonObject config = new()
        {
            [isKeras1 ? "output_dim" : "units"] = shape.HiddenSize,
            ["activation"] = shape.Activation,
            ["return_sequences"] = layer < shape.Layers - 1 || shape.PredictsAll,
            ["go_backwards"] = false,
        };
        if (!shape.IsRnn) config[isKeras1 ? "inner_activation" : "recurrent_activation"] = shape.Gates;
        if (!isKeras1) config["use_bias"] = shape.UsesBias;
        if (shape.IsGru && !isKeras1) config["reset_after"] = shape.ResetAfter;
        return config;
    }
}

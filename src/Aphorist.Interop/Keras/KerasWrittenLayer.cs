using System.Text.Json.Nodes;
using PureHDF;

namespace Aphorist.Interop.Keras;

/// <summary>One layer as Keras writes it.</summary>
/// <param name="ClassName">Keras's class.</param>
/// <param name="Name">What this layer is called.</param>
/// <param name="Configuration">What the class is created with.</param>
/// <param name="Arrays">The weights, in Keras's order.</param>
internal sealed record KerasWrittenLayer(string ClassName, string Name, JsonObject Configuration, IReadOnlyList<(string Name, float[] Values, int[] Shape)> Arrays)
{
    /// <summary>Whether it is an LSTM or a GRU.</summary>
    public bool IsRecurrent => Arrays.Count == 3;

    /// <summary>The weights, as HDF5 has them.</summary>
    public IEnumerable<H5Dataset> Datasets => Arrays.Select(array => new H5Dataset(array.Values, fileDims: [.. array.Shape.Select(size => (ulong)size)]));

    /// <summary>The shape of a model's input: a batch of any size of tokens' ids, or of one-hot vectors.</summary>
    public static JsonArray InputShape(LanguageModel model) => model.Spec.EmbeddingSize > 0 ? [null, model.Spec.Window] : [null, model.Spec.Window, model.Tokenizer.VocabularySize];

    /// <summary>The layers of a model, from the first one up.</summary>
    /// <param name="model">The model.</param>
    /// <param name="gateScale">What the sums of gates are multiplied by; 1 by default.</param>
    public static IReadOnlyList<KerasWrittenLayer> Of(LanguageModel model, float gateScale = 1)
    {
        List<KerasWrittenLayer> layers = [];
        if (model.Parameters.Embedding is { } embedding) layers.Add(Embedding(model, embedding));
        for (int layer = 0; layer < model.Spec.Layers; layer++) layers.Add(Recurrent(model, layer, gateScale));
        layers.Add(Dense(model));
        return layers;
    }

    /// <summary>The layer in the model's description.</summary>
    public JsonObject ToJson()
    {
        (Configuration["name"], Configuration["trainable"], Configuration["dtype"]) = (Name, true, "float32");
        return new JsonObject { ["class_name"] = ClassName, ["config"] = Configuration };
    }

    /// <summary>The layer's weights, in a group within its group, as Keras's names of weights want it.</summary>
    public H5Group ToGroup()
    {
        H5Group arrays = [], group = new() { [Name] = arrays };
        foreach (((string name, _, _), H5Dataset data) in Arrays.Zip(Datasets)) arrays[name] = data;
        group.Attributes["weight_names"] = Arrays.Select(array => $"{Name}/{array.Name}").ToArray();
        return group;
    }

    private static KerasWrittenLayer Embedding(LanguageModel model, ParameterTensor tensor) => new(
        "Embedding", "embedding", new JsonObject { ["input_dim"] = tensor.Rows, ["output_dim"] = tensor.Columns, ["mask_zero"] = false },
        [("embeddings:0", model.Parameters.GetValues(tensor).ToArray(), [tensor.Rows, tensor.Columns])]);

    private static KerasWrittenLayer Recurrent(LanguageModel model, int layer, float gateScale)
    {
        (ModelSpec spec, LayerParameters tensors) = (model.Spec, model.Parameters.Layer(layer));
        bool isGru = spec.Architecture == Architecture.Gru;
        JsonObject configuration = new()
        {
            ["units"] = spec.HiddenSize,
            ["activation"] = "tanh",
            ["recurrent_activation"] = KerasRecurrentLayer.NameOf(spec.Gates),
            ["use_bias"] = true,
            ["return_sequences"] = layer < spec.Layers - 1,
            ["return_state"] = false,
            ["go_backwards"] = false,
            ["stateful"] = false,
            ["unroll"] = false,
        };
        if (isGru) configuration["reset_after"] = !spec.ResetsBefore;
        (ParameterTensor input, ParameterTensor recurrent) = (tensors.InputKernel, tensors.RecurrentKernel!);
        (float[] kernel, float[] recurrentKernel, (float[] bias, int[] biasShape)) = (Gates(model, input), Gates(model, recurrent), Bias(model, tensors));
        foreach (float[] values in gateScale == 1 ? [] : new[] { kernel, recurrentKernel, bias }) KerasGates.Scale(values, spec.HiddenSize, spec.GateCount, 2, gateScale);
        return new KerasWrittenLayer(isGru ? "GRU" : "LSTM", $"{(isGru ? "gru" : "lstm")}_{layer + 1}", configuration,
        [
            ("kernel:0", kernel, [input.Columns, input.Rows]),
            ("recurrent_kernel:0", recurrentKernel, [recurrent.Columns, recurrent.Rows]),
            ("bias:0", bias, biasShape),
        ]);
    }

    /// <summary>A GRU that resets after the product keeps both of its biases; one that resets before it has them added, which is the same.</summary>
    private static (float[] Values, int[] Shape) Bias(LanguageModel model, LayerParameters tensors)
    {
        float[] bias = Gates(model, tensors.Bias);
        if (tensors.RecurrentBias is null) return (bias, [bias.Length]);
        float[] recurrent = Gates(model, tensors.RecurrentBias);
        return model.Spec.ResetsBefore ? ([.. bias.Zip(recurrent, (one, other) => one + other)], [bias.Length]) : ([.. bias, .. recurrent], [2, bias.Length]);
    }

    /// <summary>Rows of gates: an LSTM's i, f, g, o are Keras's order, a GRU's r, z, n become z, r, n.</summary>
    private static float[] Gates(LanguageModel model, ParameterTensor tensor)
    {
        float[] values = model.Parameters.GetValues(tensor).ToArray();
        if (model.Spec.Architecture != Architecture.Gru) return values;
        int hidden = model.Spec.HiddenSize;
        float[] reset = new float[hidden];
        for (int row = 0; row < values.Length; row += 3 * hidden)
        {
            Span<float> first = values.AsSpan(row, hidden), second = values.AsSpan(row + hidden, hidden);
            first.CopyTo(reset);
            second.CopyTo(first);
            reset.CopyTo(second);
        }

        return values;
    }

    private static KerasWrittenLayer Dense(LanguageModel model)
    {
        (ParameterTensor kernel, ParameterTensor bias) = (model.Parameters.DecoderKernel, model.Parameters.DecoderBias);
        ReadOnlySpan<float> values = model.Parameters.GetValues(kernel);
        float[] transposed = new float[values.Length];
        for (int place = 0; place < values.Length; place++) transposed[place % kernel.Columns * kernel.Rows + place / kernel.Columns] = values[place];
        return new KerasWrittenLayer("Dense", "dense", new JsonObject { ["units"] = kernel.Rows, ["activation"] = "softmax", ["use_bias"] = true },
        [
            ("kernel:0", transposed, [kernel.Columns, kernel.Rows]),
            ("bias:0", model.Parameters.GetValues(bias).ToArray(), [bias.Rows]),
        ]);
    }
}

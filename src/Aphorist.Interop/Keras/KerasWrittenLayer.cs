using System.Text.Json.Nodes;
using PureHDF;

namespace Aphorist.Interop.Keras;

/// <summary>A layer to write to a Keras file.</summary>
/// <param name="ClassName">The class in Keras.</param>
/// <param name="Name">The name of the layer.</param>
/// <param name="Configuration">The configuration.</param>
/// <param name="Arrays">The weights, in the order of Keras.</param>
internal sealed record KerasWrittenLayer(
    string ClassName, string Name, JsonObject Configuration, IReadOnlyList<(string Name, float[] Values, int[] Shape)> Arrays)
{
    /// <summary>Whether the layer is recurrent.</summary>
    public bool IsRecurrent => KerasRecurrentLayer.IsOne(ClassName);

    /// <summary>The weights as HDF5 datasets.</summary>
    public IEnumerable<H5Dataset> Datasets =>
        Arrays.Select(array => new H5Dataset(array.Values, fileDims: [.. array.Shape.Select(size => (ulong)size)]));

    /// <summary>Returns the input shape of a model: a batch of any size, of token ids or of one-hot vectors.</summary>
    public static JsonArray InputShape(LanguageModel model) =>
        model.Spec.EmbeddingSize > 0 ? [null, model.Spec.Window] : [null, model.Spec.Window, model.Tokenizer.VocabularySize];

    /// <summary>Returns the layers of a model, from the first one up.</summary>
    /// <param name="model">The model.</param>
    /// <param name="gateScale">The factor for the weights of gates. 1 by default.</param>
    public static IReadOnlyList<KerasWrittenLayer> Of(LanguageModel model, float gateScale = 1)
    {
        List<KerasWrittenLayer> layers = [];
        if (model.Parameters.Embedding is { } embedding) layers.Add(Embedding(model, embedding));
        for (int layer = 0; layer < model.Spec.Layers; layer++) layers.Add(Recurrent(model, layer, gateScale));
        layers.Add(Dense(model));
        return layers;
    }

    /// <summary>Returns the JSON configuration of the layer.</summary>
    public JsonObject ToJson()
    {
        (Configuration["name"], Configuration["trainable"], Configuration["dtype"]) = (Name, true, "float32");
        return new JsonObject { ["class_name"] = ClassName, ["config"] = Configuration };
    }

    /// <summary>Returns the weights as a group that contains a group of the same name, which the weight names of Keras require.</summary>
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
        string className = spec.Architecture switch
        {
            Architecture.Lstm => "LSTM",
            Architecture.Gru => "GRU",
            _ => KerasRecurrentLayer.SimpleRnn,
        };
        bool isRnn = spec.Architecture == Architecture.Rnn;
        JsonObject configuration = new()
        {
            ["units"] = spec.HiddenSize,
            ["activation"] = isRnn ? KerasRecurrentLayer.NameOf(spec.Activation) : "tanh",
            ["use_bias"] = true,
            ["return_sequences"] = layer < spec.Layers - 1,
            ["return_state"] = false,
            ["go_backwards"] = false,
            ["stateful"] = false,
            ["unroll"] = false,
        };
        if (!isRnn) configuration["recurrent_activation"] = KerasRecurrentLayer.NameOf(spec.Gates);
        if (spec.Architecture == Architecture.Gru) configuration["reset_after"] = !spec.ResetsBefore;
        (ParameterTensor input, ParameterTensor recurrent) = (tensors.InputKernel, tensors.RecurrentKernel!);
        (float[] kernel, float[] recurrentKernel) = (Gates(model, input), Gates(model, recurrent));
        (float[] bias, int[] biasShape) = Bias(model, tensors);
        foreach (float[] values in gateScale == 1 ? [] : new[] { kernel, recurrentKernel, bias })
            KerasGates.Scale(values, spec.HiddenSize, spec.GateCount, 2, gateScale);
        return new KerasWrittenLayer(className, $"{NumberedWeights.GroupOf(className)}_{layer + 1}", configuration,
        [
            ("kernel:0", kernel, [input.Columns, input.Rows]),
            ("recurrent_kernel:0", recurrentKernel, [recurrent.Columns, recurrent.Rows]),
            ("bias:0", bias, biasShape),
        ]);
    }

    /// <summary>
    /// Returns the bias. A GRU that resets after the product has two; one that resets before it has their sum, which is equivalent.
    /// </summary>
    private static (float[] Values, int[] Shape) Bias(LanguageModel model, LayerParameters tensors)
    {
        float[] bias = Gates(model, tensors.Bias);
        if (tensors.RecurrentBias is null) return (bias, [bias.Length]);
        float[] recurrent = Gates(model, tensors.RecurrentBias);
        return model.Spec.ResetsBefore
            ? ([.. bias.Zip(recurrent, (one, other) => one + other)], [bias.Length])
            : ([.. bias, .. recurrent], [2, bias.Length]);
    }

    /// <summary>Returns values in the gate order of Keras: i, f, g, o of an LSTM stay, r, z, n of a GRU become z, r, n.</summary>
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
        for (int place = 0; place < values.Length; place++)
            transposed[place % kernel.Columns * kernel.Rows + place / kernel.Columns] = values[place];
        return new KerasWrittenLayer(
            "Dense", "dense", new JsonObject { ["units"] = kernel.Rows, ["activation"] = "softmax", ["use_bias"] = true },
        [
            ("kernel:0", transposed, [kernel.Columns, kernel.Rows]),
            ("bias:0", model.Parameters.GetValues(bias).ToArray(), [bias.Rows]),
        ]);
    }
}

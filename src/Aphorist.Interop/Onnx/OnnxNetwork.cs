namespace Aphorist.Interop.Onnx;

/// <summary>Builds the graph of a model, from token ids to probabilities.</summary>
/// <remarks>Between layers, values are [length, batch, units], as ONNX's recurrent operators require. A step has length 1.</remarks>
internal sealed class OnnxNetwork
{
    private OnnxNetwork(LanguageModel model, OnnxGraphKind kind)
    {
        (Model, Kind) = (model, kind);
        Graph = new OnnxGraph(
            kind.ToString().ToLowerInvariant(),
            "A language model trained with Aphorist: the probability of each token of the vocabulary to be the next one.");
    }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>The inputs and outputs of the graph.</summary>
    public OnnxGraphKind Kind { get; }

    /// <summary>The graph.</summary>
    public OnnxGraph Graph { get; }

    /// <summary>Whether the states are inputs and outputs of the graph.</summary>
    public bool KeepsStates => Kind == OnnxGraphKind.Step;

    /// <summary>Builds the graph of a model.</summary>
    public static OnnxGraph Build(LanguageModel model, OnnxGraphKind kind)
    {
        OnnxNetwork network = new(model, kind);
        string tokens = network.Read(), values = tokens;
        if (model.Parameters.Embedding is { } embedding)
            values = network.Graph.Node("Gather", [network.Tensor(embedding), tokens], "embedded");
        // The probabilities are declared before the states of the layers, so that they are the first output.
        network.DeclareProbabilities();
        for (int layer = 0; layer < model.Spec.Layers; layer++)
        {
            string hidden = model.Spec.Architecture == Architecture.Convolution
                ? OnnxConvolution.Add(network, layer, values)
                : OnnxRecurrentLayer.Add(network, layer, values);
            values = OnnxLayerOutput.Add(network, layer, hidden, values);
        }

        network.Decode(values);
        return network.Graph;
    }

    /// <summary>Adds a tensor of the model unchanged and returns its name in the graph.</summary>
    public string Tensor(ParameterTensor tensor) =>
        Graph.Floats(tensor.Name.Replace('.', '_'), [.. tensor.Shape], values => Model.Parameters.GetValues(tensor).CopyTo(values));

    /// <summary>Declares a state of a layer as an input and its next value as an output, and returns both names.</summary>
    public (string State, string Next) State(string name, params ReadOnlySpan<OnnxDimension> shape)
    {
        string next = $"next_{name}";
        Graph.Output(next, OnnxElement.Float, shape);
        return (Graph.Input(name, OnnxElement.Float, shape), next);
    }

    /// <summary>Adds the one-hot vectors [length, batch, V] of tokens [length, batch].</summary>
    public string OneHot(string tokens)
    {
        string depth = Graph.Scalar("vocabulary_size", Model.Tokenizer.VocabularySize);
        string offAndOn = Graph.Floats("off_and_on", [2], values => (values[0], values[1]) = (0, 1));
        return Graph.Node("OneHot", [tokens, depth, offAndOn], "one_hot", OnnxAttribute.Integer("axis", -1));
    }

    /// <summary>Declares the ids and returns them as [length, batch].</summary>
    private string Read() => KeepsStates
        ? Graph.Node("Unsqueeze", [Graph.Input("ids", OnnxElement.Integer, OnnxDimension.Batch), Graph.Integers("first_axis", 0)], "tokens")
        : Graph.Node(
            "Transpose",
            [Graph.Input("ids", OnnxElement.Integer, OnnxDimension.Batch, OnnxDimension.Length)],
            "tokens",
            OnnxAttribute.Integers("perm", 1, 0));

    private void DeclareProbabilities()
    {
        int count = Model.Tokenizer.VocabularySize;
        if (Kind == OnnxGraphKind.Positions)
            Graph.Output("probabilities", OnnxElement.Float, OnnxDimension.Batch, OnnxDimension.Length, count);
        else Graph.Output("probabilities", OnnxElement.Float, OnnxDimension.Batch, count);
    }

    private void Decode(string values)
    {
        string read = Kind == OnnxGraphKind.Positions
            ? Graph.Node("Transpose", [values], "outputs", OnnxAttribute.Integers("perm", 1, 0, 2))
            : Graph.Node("Gather", [values, Graph.Scalar("last", -1)], "outputs", OnnxAttribute.Integer("axis", 0));
        // With a Transpose node, a tied embedding is stored only once. Runtimes fold the transposition when they load the graph.
        string kernel = Graph.Node(
            "Transpose", [Tensor(Model.Parameters.DecoderKernel)], "decoder_kernel", OnnxAttribute.Integers("perm", 1, 0));
        string products = Graph.Node("MatMul", [read, kernel], "products");
        string logits = Graph.Node("Add", [products, Tensor(Model.Parameters.DecoderBias)], "logits");
        Graph.Node("Softmax", [logits], "probabilities", OnnxAttribute.Integer("axis", -1));
    }
}

/// <summary>
/// The output of a layer: y = N(h) + x, with the layer normalization N and the residual connection x if the model has them.
/// </summary>
internal static class OnnxLayerOutput
{
    // The epsilon of the library; see ModelSpec.LayerNormalization.
    private const float Epsilon = 1e-5f;

    /// <summary>Adds the nodes after h and returns y.</summary>
    /// <param name="network">The network to add to.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="hidden">h [length, batch, H].</param>
    /// <param name="input">x [length, batch, H]; only used with a residual connection.</param>
    public static string Add(OnnxNetwork network, int layer, string hidden, string input)
    {
        (ModelSpec spec, Parameters parameters) = (network.Model.Spec, network.Model.Parameters);
        if (spec.LayerNormalization)
        {
            string gain = network.Tensor(parameters[$"layer_norm.weight_l{layer}"]),
                bias = network.Tensor(parameters[$"layer_norm.bias_l{layer}"]);
            hidden = network.Graph.Node(
                "LayerNormalization", [hidden, gain, bias], $"layer_{layer}_normalized",
                OnnxAttribute.Integer("axis", -1), OnnxAttribute.Float("epsilon", Epsilon));
        }

        return spec.Residual && layer > 0 ? network.Graph.Node("Add", [hidden, input], $"layer_{layer}_output") : hidden;
    }
}

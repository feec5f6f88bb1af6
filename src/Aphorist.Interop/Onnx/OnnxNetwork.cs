namespace Aphorist.Interop.Onnx;

/// <summary>The graph of a model, from ids to probabilities.</summary>
/// <remarks>Between layers, values are [length, batch, units], as ONNX's recurrent operators want them; a step has a length of one.</remarks>
internal sealed class OnnxNetwork
{
    private OnnxNetwork(LanguageModel model, OnnxGraphKind kind)
    {
        (Model, Kind) = (model, kind);
        Graph = new OnnxGraph(kind.ToString().ToLowerInvariant(), $"A language model by Aphorist: how likely each token of the vocabulary is to come next.");
    }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>What the graph reads and gives.</summary>
    public OnnxGraphKind Kind { get; }

    /// <summary>The graph.</summary>
    public OnnxGraph Graph { get; }

    /// <summary>Whether states come from outside and go there.</summary>
    public bool KeepsStates => Kind == OnnxGraphKind.Step;

    /// <summary>Builds the graph of a model.</summary>
    public static OnnxGraph Build(LanguageModel model, OnnxGraphKind kind)
    {
        OnnxNetwork network = new(model, kind);
        string tokens = network.Read(), values = tokens;
        if (model.Parameters.Embedding is { } embedding) values = network.Graph.Node("Gather", [network.Tensor(embedding), tokens], "embedded");
        // States that a layer gives are declared after the probabilities, so that these come first.
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

    /// <summary>A tensor of the model as it is, and its name in the graph.</summary>
    public string Tensor(ParameterTensor tensor) =>
        Graph.Floats(tensor.Name.Replace('.', '_'), [.. tensor.Shape], values => Model.Parameters.GetValues(tensor).CopyTo(values));

    /// <summary>Declares a state of a layer that comes from outside, and what it becomes, and returns the names of both.</summary>
    public (string State, string Next) State(string name, params ReadOnlySpan<OnnxDimension> shape)
    {
        string next = $"next_{name}";
        Graph.Output(next, OnnxElement.Float, shape);
        return (Graph.Input(name, OnnxElement.Float, shape), next);
    }

    /// <summary>Tokens [length, batch] as rows [length, batch, V] that are 1 at their token.</summary>
    public string OneHot(string tokens)
    {
        string depth = Graph.Scalar("vocabulary_size", Model.Tokenizer.VocabularySize);
        string offAndOn = Graph.Floats("off_and_on", [2], values => (values[0], values[1]) = (0, 1));
        return Graph.Node("OneHot", [tokens, depth, offAndOn], "one_hot", OnnxAttribute.Integer("axis", -1));
    }

    /// <summary>The ids as [length, batch].</summary>
    private string Read() => KeepsStates
        ? Graph.Node("Unsqueeze", [Graph.Input("ids", OnnxElement.Integer, OnnxDimension.Batch), Graph.Integers("first_axis", 0)], "tokens")
        : Graph.Node("Transpose", [Graph.Input("ids", OnnxElement.Integer, OnnxDimension.Batch, OnnxDimension.Length)], "tokens", OnnxAttribute.Integers("perm", 1, 0));

    private void DeclareProbabilities()
    {
        int count = Model.Tokenizer.VocabularySize;
        if (Kind == OnnxGraphKind.Positions) Graph.Output("probabilities", OnnxElement.Float, OnnxDimension.Batch, OnnxDimension.Length, count);
        else Graph.Output("probabilities", OnnxElement.Float, OnnxDimension.Batch, count);
    }

    private void Decode(string values)
    {
        string read = Kind == OnnxGraphKind.Positions
            ? Graph.Node("Transpose", [values], "outputs", OnnxAttribute.Integers("perm", 1, 0, 2))
            : Graph.Node("Gather", [values, Graph.Scalar("last", -1)], "outputs", OnnxAttribute.Integer("axis", 0));
        // A runtime transposes a constant once, when it loads the graph; a tied embedding is in the file only once this way.
        string kernel = Graph.Node("Transpose", [Tensor(Model.Parameters.DecoderKernel)], "decoder_kernel", OnnxAttribute.Integers("perm", 1, 0));
        string products = Graph.Node("MatMul", [read, kernel], "products");
        string logits = Graph.Node("Add", [products, Tensor(Model.Parameters.DecoderBias)], "logits");
        Graph.Node("Softmax", [logits], "probabilities", OnnxAttribute.Integer("axis", -1));
    }
}

/// <summary>The output of a layer: y = N(h) + x, with the normalization N and the residual connection x where the model has them.</summary>
internal static class OnnxLayerOutput
{
    // That of the library; see ModelSpec.LayerNormalization.
    private const float Epsilon = 1e-5f;

    /// <summary>Adds the nodes that follow h, and returns y.</summary>
    /// <param name="network">The network to add to.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="hidden">h [length, batch, H].</param>
    /// <param name="input">x [length, batch, H]; only used if it is added.</param>
    public static string Add(OnnxNetwork network, int layer, string hidden, string input)
    {
        (ModelSpec spec, Parameters parameters) = (network.Model.Spec, network.Model.Parameters);
        if (spec.LayerNormalization)
        {
            string gain = network.Tensor(parameters[$"layer_norm.weight_l{layer}"]), bias = network.Tensor(parameters[$"layer_norm.bias_l{layer}"]);
            hidden = network.Graph.Node(
                "LayerNormalization", [hidden, gain, bias], $"layer_{layer}_normalized",
                OnnxAttribute.Integer("axis", -1), OnnxAttribute.Float("epsilon", Epsilon));
        }

        return spec.Residual && layer > 0 ? network.Graph.Node("Add", [hidden, input], $"layer_{layer}_output") : hidden;
    }
}

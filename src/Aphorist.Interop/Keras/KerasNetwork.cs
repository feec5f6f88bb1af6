namespace Aphorist.Interop.Keras;

/// <summary>The network that the layers of a Keras model form: an optional embedding, recurrent layers, a decoder, a softmax.</summary>
internal sealed class KerasNetwork
{
    private readonly KerasConfiguration configuration;
    private readonly List<KerasRecurrentLayer> recurrent = [];
    private bool endsInSoftmax;

    private KerasNetwork(KerasConfiguration configuration) => this.configuration = configuration;

    /// <summary>The embedding; null if the first recurrent layer reads one-hot vectors.</summary>
    public KerasLayer? Embedding { get; private set; }

    /// <summary>The recurrent layers, from the first one up.</summary>
    public IReadOnlyList<KerasRecurrentLayer> Recurrent => recurrent;

    /// <summary>The Dense layer that outputs the logits.</summary>
    public KerasLayer Decoder { get; private set; } = null!;

    /// <summary>The layers that have weights, from the first one up.</summary>
    public IEnumerable<KerasLayer> Weighted =>
        [.. Embedding is null ? [] : new[] { Embedding }, .. recurrent.Select(layer => layer.Layer), Decoder];

    /// <summary>The path or name of the file in error messages.</summary>
    public string Path => configuration.Path;

    /// <summary>The vocabulary size V.</summary>
    public long VocabularySize { get; private set; }

    /// <summary>Whether a layer carries its state from batch to batch, so that the model was trained on a stream of text.</summary>
    public bool IsStateful => recurrent.Any(layer => layer.Layer.IsSet("stateful"));

    /// <summary>The shape of the model.</summary>
    public ModelSpec Spec { get; private set; } = null!;

    /// <summary>Interprets the layers in order.</summary>
    /// <exception cref="ModelFileException">
    /// A layer, or its position, cannot be imported; the message names the layer and the reason.
    /// </exception>
    public static KerasNetwork Of(KerasConfiguration configuration)
    {
        KerasNetwork network = new(configuration);
        foreach (KerasLayer layer in configuration.Layers) network.Add(layer);
        network.Finish();
        return network;
    }

    private void Add(KerasLayer layer)
    {
        switch (layer.ClassName)
        {
            case "InputLayer" when layer.Position > 1: throw layer.Refused("is an input, but not the first layer");
            case "InputLayer" or "Dropout": break;
            case "Embedding": AddEmbedding(layer); break;
            case string name when KerasRecurrentLayer.IsOne(name): AddRecurrent(layer); break;
            case "Dense": AddDense(layer); break;
            case "Activation" or "Softmax": AddActivation(layer); break;
            default: throw layer.Refused(ReasonAgainst(layer.ClassName));
        }
    }

    private void AddEmbedding(KerasLayer layer)
    {
        if (Embedding is not null || recurrent.Count > 0 || Decoder is not null)
            throw layer.Refused("follows other layers, but only the first layer can be an embedding");
        if (layer.IsSet("mask_zero")) throw layer.Refused("masks token 0 (mask_zero), but only models without masks can be imported");
        Embedding = layer;
    }

    private void AddRecurrent(KerasLayer layer)
    {
        if (Decoder is not null)
            throw layer.Refused("follows the Dense layer that outputs the predictions, but only a softmax can be imported there");
        if (recurrent.Count > 0 && !recurrent[^1].ReturnsSequences)
        {
            throw recurrent[^1].Layer.Refused(
                "returns only its last output (return_sequences is false), but the recurrent layer after it needs a sequence");
        }

        KerasRecurrentLayer added = KerasRecurrentLayer.Read(layer, configuration.IsKeras3);
        if (recurrent.Count > 0) added.CheckLike(recurrent[0]);
        recurrent.Add(added);
    }

    private void AddDense(KerasLayer layer)
    {
        if (recurrent.Count == 0) throw layer.Refused("precedes the recurrent layers, but only an Embedding can be imported there");
        if (Decoder is not null)
            throw layer.Refused("is a second Dense layer, but only one, which outputs the predictions, can be imported");
        if (layer.IsTimeDistributed && !recurrent[^1].ReturnsSequences)
            throw layer.Refused("reads sequences, but the layer before it returns only its last output");
        string activation = layer.Activation("activation") ?? "linear";
        if (activation is not ("linear" or "softmax"))
        {
            throw layer.Refused(
                $"has the activation {activation}, but the Dense layer must have softmax, or linear and a softmax layer after it");
        }

        (Decoder, VocabularySize, endsInSoftmax) = (layer, layer.Size("units", "output_dim"), activation == "softmax");
    }

    private void AddActivation(KerasLayer layer)
    {
        string activation = layer.ClassName == "Softmax" ? "softmax" : layer.Activation("activation") ?? "linear";
        if (activation == "linear") return;
        if (activation != "softmax") throw layer.Refused($"applies {activation}, but only a softmax after the Dense layer can be imported");
        if (Decoder is null) throw layer.Refused("is a softmax before the Dense layer, but it can be imported only after it");
        if (endsInSoftmax) throw layer.Refused("is a second softmax after the one of the Dense layer");
        endsInSoftmax = true;
    }

    private void Finish()
    {
        if (recurrent.Count == 0) throw Refused("it has no LSTM, GRU or SimpleRNN layer");
        if (Decoder is null) throw Refused("it has no Dense layer that outputs the predictions");
        if (VocabularySize < 2) throw Decoder.Refused("predicts only one token");
        Spec = recurrent[0].Spec with
        {
            Layers = recurrent.Count,
            EmbeddingSize = Embedding is null ? 0 : SizeOf(Embedding, "output_dim"),
            Window = WindowOf(),
        };
        if (Spec.Layers > Spec.MaxLayers)
            throw Refused($"it has {Spec.Layers} recurrent layers, but only 1 to {Spec.MaxLayers} can be imported");
        long inputs = Embedding?.Size("input_dim") ?? OneHotSize() ?? VocabularySize;
        if (inputs != VocabularySize)
            throw Decoder.Refused($"predicts {VocabularySize} tokens, but the model reads {inputs}; the numbers must be equal");
    }

    private static int SizeOf(KerasLayer layer, string name) => layer.Size(name) is long size and <= ModelSpec.MaxHiddenSize
        ? (int)size
        : throw layer.Refused($"has the {name} {layer.Size(name)}, but {ModelSpec.MaxHiddenSize} is the maximum");

    /// <summary>
    /// Returns the input shape without the batch: [window, V] for one-hot vectors or [window] for tokens. Keras stores it in the first
    /// layer.
    /// </summary>
    private long[]? InputShape() =>
        configuration.Layers.Take(2).Select(layer => layer.InputShape()).FirstOrDefault(shape => shape is not null);

    private long? OneHotSize() => InputShape() switch
    {
        null => recurrent[0].Layer.Number("input_dim"),
        [_, long size] => size,
        long[] shape => throw Refused($"its input has {shape.Length} dimensions besides the batch, but one-hot vectors have 2"),
    };

    private int WindowOf()
    {
        long window = InputShape() is [long length, ..] && length != KerasLayer.Open
            ? length
            : (Embedding ?? recurrent[0].Layer).Number("input_length") ?? KerasLayer.Open;
        if (window == KerasLayer.Open) return ImportedModel.UsualWindow;
        return window is > 0 and <= ModelSpec.MaxWindow
            ? (int)window
            : throw Refused($"its input has {window} steps, but only 1 to {ModelSpec.MaxWindow} can be imported");
    }

    private static string ReasonAgainst(string className) => className switch
    {
        "Bidirectional" => "is bidirectional and cannot generate text, because it reads future tokens",
        "Masking" => "masks tokens, but only models without masks can be imported",
        "CuDNNLSTM" or "CuDNNGRU" =>
            "is a GPU layer whose weights have another order; in Keras, load them into an LSTM or GRU with "
            + "recurrent_activation='sigmoid' (GRU: reset_after=True), and save that",
        _ =>
            "is of a class that cannot be imported; use Embedding, LSTM, GRU, SimpleRNN, Dropout, Dense, TimeDistributed(Dense), "
            + "Activation and Softmax",
    };

    private ModelFileException Refused(string problem) => new(configuration.Path, $"{problem}, so it cannot be imported");
}

namespace Aphorist.Interop.Keras;

/// <summary>What the layers of a Keras model come to: an embedding or none, recurrent layers, a decoder, a softmax.</summary>
internal sealed class KerasNetwork
{
    private readonly KerasConfiguration configuration;
    private readonly List<KerasRecurrentLayer> recurrent = [];
    private bool endsInSoftmax;

    private KerasNetwork(KerasConfiguration configuration) => this.configuration = configuration;

    /// <summary>The embedding; null where the first recurrent layer reads one-hot vectors.</summary>
    public KerasLayer? Embedding { get; private set; }

    /// <summary>The recurrent layers, from the first one up.</summary>
    public IReadOnlyList<KerasRecurrentLayer> Recurrent => recurrent;

    /// <summary>The layer that makes the logits.</summary>
    public KerasLayer Decoder { get; private set; } = null!;

    /// <summary>The layers that have weights, from the first one up.</summary>
    public IEnumerable<KerasLayer> Weighted => [.. Embedding is null ? [] : new[] { Embedding }, .. recurrent.Select(layer => layer.Layer), Decoder];

    /// <summary>What messages call the file.</summary>
    public string Path => configuration.Path;

    /// <summary>V.</summary>
    public long VocabularySize { get; private set; }

    /// <summary>The shape of the model.</summary>
    public ModelSpec Spec { get; private set; } = null!;

    /// <summary>Understands the layers, one after the other.</summary>
    /// <exception cref="ModelFileException">One of them is of a kind, or stands in a place, that cannot be imported; the message names it and says why.</exception>
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
            case "InputLayer" when layer.Position > 1: throw layer.Refused("is an input in the middle of the model");
            case "InputLayer" or "Dropout": break;
            case "Embedding": AddEmbedding(layer); break;
            case "LSTM" or "GRU": AddRecurrent(layer); break;
            case "Dense": AddDense(layer); break;
            case "Activation" or "Softmax": AddActivation(layer); break;
            default: throw layer.Refused(ReasonAgainst(layer.ClassName));
        }
    }

    private void AddEmbedding(KerasLayer layer)
    {
        if (Embedding is not null || recurrent.Count > 0 || Decoder is not null) throw layer.Refused("stands behind other layers, and an embedding can only be the first");
        if (layer.IsSet("mask_zero")) throw layer.Refused("masks token 0 (mask_zero), which a model here reads like any other; only models without masks can be imported");
        Embedding = layer;
    }

    private void AddRecurrent(KerasLayer layer)
    {
        if (Decoder is not null) throw layer.Refused("stands behind the Dense layer that makes the predictions, and nothing can be imported there but a softmax");
        if (recurrent.Count > 0 && !recurrent[^1].ReturnsSequences)
            throw recurrent[^1].Layer.Refused("returns only its last output (return_sequences is false), of which the recurrent layer above it cannot make a sequence");
        KerasRecurrentLayer added = KerasRecurrentLayer.Read(layer, configuration.IsKeras3);
        if (recurrent.Count > 0) added.CheckLike(recurrent[0]);
        recurrent.Add(added);
    }

    private void AddDense(KerasLayer layer)
    {
        if (recurrent.Count == 0) throw layer.Refused("stands before any LSTM or GRU, where only an Embedding can be imported");
        if (Decoder is not null) throw layer.Refused("is a second Dense layer, and only one, which makes the predictions, can be imported");
        if (layer.IsTimeDistributed && !recurrent[^1].ReturnsSequences) throw layer.Refused("is for sequences, but the layer below it returns none");
        string activation = layer.Activation("activation") ?? "linear";
        if (activation is not ("linear" or "softmax")) throw layer.Refused($"has the activation {activation} where the last Dense layer needs softmax, or linear and a softmax after it");
        (Decoder, VocabularySize, endsInSoftmax) = (layer, layer.Size("units", "output_dim"), activation == "softmax");
    }

    private void AddActivation(KerasLayer layer)
    {
        string activation = layer.ClassName == "Softmax" ? "softmax" : layer.Activation("activation") ?? "linear";
        if (activation == "linear") return;
        if (activation != "softmax") throw layer.Refused($"applies {activation}, and only softmax can be imported, after the last Dense layer");
        if (Decoder is null) throw layer.Refused("is a softmax in the middle of the model, which can be imported only after the last Dense layer");
        if (endsInSoftmax) throw layer.Refused("is a second softmax after the one of the Dense layer");
        endsInSoftmax = true;
    }

    private void Finish()
    {
        if (recurrent.Count == 0) throw Refused("it has no LSTM and no GRU");
        if (Decoder is null) throw Refused("it does not end in a Dense layer that makes predictions");
        if (VocabularySize < 2) throw Decoder.Refused("predicts a single token");
        Spec = recurrent[0].Spec with { Layers = recurrent.Count, EmbeddingSize = Embedding is null ? 0 : SizeOf(Embedding, "output_dim"), Window = WindowOf() };
        if (Spec.Layers > Spec.MaxLayers) throw Refused($"it has {Spec.Layers} recurrent layers where 1 to {Spec.MaxLayers} can be imported");
        long inputs = Embedding?.Size("input_dim") ?? OneHotSize() ?? VocabularySize;
        if (inputs != VocabularySize) throw Decoder.Refused($"predicts {VocabularySize} tokens where the model reads {inputs}, and they must be the same");
    }

    private static int SizeOf(KerasLayer layer, string name) => layer.Size(name) is long size and <= ModelSpec.MaxHiddenSize
        ? (int)size
        : throw layer.Refused($"has the {name} {layer.Size(name)} where up to {ModelSpec.MaxHiddenSize} can be imported");

    /// <summary>What the model reads, without the batch: [window, V] one-hot vectors or [window] tokens. Keras wrote it at the first layer, whatever that is.</summary>
    private long[]? InputShape() => configuration.Layers.Take(2).Select(layer => layer.InputShape()).FirstOrDefault(shape => shape is not null);

    private long? OneHotSize() => InputShape() switch
    {
        null => recurrent[0].Layer.Number("input_dim"),
        [_, long size] => size,
        long[] shape => throw Refused($"its input has {shape.Length} dimensions besides the batch where one-hot vectors have 2"),
    };

    private int WindowOf()
    {
        long window = InputShape() is [long length, ..] && length != KerasLayer.Open ? length : (Embedding ?? recurrent[0].Layer).Number("input_length") ?? KerasLayer.Open;
        if (window == KerasLayer.Open) return ImportedModel.UsualWindow;
        return window is > 0 and <= ModelSpec.MaxWindow ? (int)window : throw Refused($"its input is {window} steps long where 1 to {ModelSpec.MaxWindow} can be imported");
    }

    private static string ReasonAgainst(string className) => className switch
    {
        "Bidirectional" => "reads the text from both ends, and a model that writes cannot know what comes after",
        "Masking" => "hides tokens from the layers above it, which a model here reads like any other",
        "CuDNNLSTM" or "CuDNNGRU" => "is for graphics cards and has its weights in an order of their own; in Keras, load them into an LSTM or GRU with recurrent_activation='sigmoid' (GRU: reset_after=True), and save that",
        "SimpleRNN" => "is a recurrent layer of a kind that this program does not have; LSTM and GRU can be imported",
        _ => "is of a class that cannot be imported: Embedding, LSTM, GRU, Dropout, Dense, TimeDistributed(Dense), Activation and Softmax can",
    };

    private ModelFileException Refused(string problem) => new(configuration.Path, $"{problem}, so it cannot be imported");
}

namespace Aphorist.Interop.Tests.Keras;

/// <summary>The shape of a made-up Keras model.</summary>
internal sealed record KerasShape
{
    public bool IsGru { get; init; }

    /// <summary>Whether the layers are SimpleRNNs.</summary>
    public bool IsRnn { get; init; }

    /// <summary>The activation of a SimpleRNN.</summary>
    public string Activation { get; init; } = "tanh";

    public bool ResetAfter { get; init; }

    public string Gates { get; init; } = "sigmoid";

    public int Layers { get; init; } = 1;

    public int HiddenSize { get; init; } = 5;

    public int VocabularySize { get; init; } = 7;

    public int EmbeddingSize { get; init; }

    public int? Window { get; init; } = 9;

    /// <summary>Whether the last recurrent layer returns all outputs and the Dense layer is in a TimeDistributed.</summary>
    public bool PredictsAll { get; init; }

    public bool UsesBias { get; init; } = true;

    public string ClassName => IsRnn ? "SimpleRNN" : IsGru ? "GRU" : "LSTM";

    /// <summary>The class in snake case, with which names of layers begin.</summary>
    public string SnakeName => IsRnn ? "simple_rnn" : ClassName.ToLowerInvariant();

    public int GateCount => IsRnn ? 1 : IsGru ? 3 : 4;

    public int InputSize(int layer) => layer > 0 ? HiddenSize : EmbeddingSize > 0 ? EmbeddingSize : VocabularySize;
}

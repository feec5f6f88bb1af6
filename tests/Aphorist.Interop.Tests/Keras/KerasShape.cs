namespace Aphorist.Interop.Tests.Keras;

/// <summary>The shape of a made-up Keras model.</summary>
internal sealed record KerasShape
{
    public bool IsGru { get; init; }

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

    public string ClassName => IsGru ? "GRU" : "LSTM";

    public int GateCount => IsGru ? 3 : 4;

    public int InputSize(int layer) => layer > 0 ? HiddenSize : EmbeddingSize > 0 ? EmbeddingSize : VocabularySize;
}

namespace Aphorist.Model;

/// <summary>The shape of a model, apart from its vocabulary.</summary>
public sealed record ModelSpec
{
    /// <summary>The notebook's model: LSTM(128) with hard sigmoid gates over windows of 60 characters, then a softmax.</summary>
    public static ModelSpec Notebook { get; } = new();

    /// <summary>Units of the LSTM. 128 by default.</summary>
    public int HiddenSize { get; init; } = 128;

    /// <summary>Characters the model sees before the one it predicts (the notebook's maxlen). 60 by default.</summary>
    public int Window { get; init; } = 60;

    /// <summary>The gates' activation. Hard sigmoid by default, as the notebook's Keras had it.</summary>
    public GateActivation Gates { get; init; } = GateActivation.HardSigmoid;
}

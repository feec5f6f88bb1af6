namespace Aphorist.Storage;

/// <summary>A tensor of a model file, and the parameter of the model that it belongs to.</summary>
/// <param name="Name">Its name in the file, which is PyTorch's.</param>
/// <param name="Parameter">The name of the parameter in the arena.</param>
/// <param name="Shape">Its shape in the file.</param>
/// <param name="IsAdded">Whether its values are added to the parameter: PyTorch has two biases where the engine has their sum.</param>
internal sealed record StoredTensor(string Name, string Parameter, long[] Shape, bool IsAdded = false)
{
    /// <summary>The tensors of a model, in the order of the file.</summary>
    public static IReadOnlyList<StoredTensor> Of(long hiddenSize, long vocabularySize) =>
    [
        new("lstm.weight_ih_l0", "lstm.weight_ih_l0", [4 * hiddenSize, vocabularySize]),
        new("lstm.weight_hh_l0", "lstm.weight_hh_l0", [4 * hiddenSize, hiddenSize]),
        new("lstm.bias_ih_l0", "lstm.bias_l0", [4 * hiddenSize]),
        new("lstm.bias_hh_l0", "lstm.bias_l0", [4 * hiddenSize], IsAdded: true),
        new("decoder.weight", "decoder.weight", [vocabularySize, hiddenSize]),
        new("decoder.bias", "decoder.bias", [vocabularySize]),
    ];
}

using System.Diagnostics.CodeAnalysis;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Aphorist.Peers;

/// <summary>The `notebook` model in TorchSharp: one-hot characters, nn.LSTM, and nn.Linear on the last hidden state.</summary>
internal sealed class TorchModel : nn.Module
{
    private readonly LSTM lstm;
    private readonly Linear decoder;
    private readonly int vocabularySize;

    /// <summary>Creates the model with the parameters of an Aphorist model.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "Registered: the module disposes them.")]
    public TorchModel(LanguageModel source)
        : base(nameof(TorchModel))
    {
        vocabularySize = source.Tokenizer.VocabularySize;
        lstm = nn.LSTM(vocabularySize, source.Spec.HiddenSize, batchFirst: true);
        decoder = nn.Linear(source.Spec.HiddenSize, vocabularySize);
        RegisterComponents();
        using IDisposable scope = no_grad();
        foreach (ParameterTensor tensor in source.Parameters.Tensors) Copy(source, tensor);
        ParameterOf("lstm.bias_hh_l0").zero_();
    }

    /// <summary>Returns the logits [batch, V] after windows of ids [batch, window], from a zero state.</summary>
    public Tensor Logits(Tensor windows)
    {
        (Tensor output, _, _) = lstm.call(OneHot(windows));
        return decoder.call(output.select(1, -1));
    }

    /// <summary>Returns the logits [rows, V] after one more character, and the state after it.</summary>
    public (Tensor Logits, Tensor Hidden, Tensor Cell) Advance(Tensor character, Tensor hidden, Tensor cell)
    {
        (Tensor output, Tensor nextHidden, Tensor nextCell) = lstm.call(OneHot(character), (hidden, cell));
        return (decoder.call(output.select(1, -1)), nextHidden, nextCell);
    }

    private Tensor OneHot(Tensor ids) => nn.functional.one_hot(ids, vocabularySize).to(ScalarType.Float32);

    private void Copy(LanguageModel source, ParameterTensor tensor)
    {
        using Tensor values = torch.tensor(source.Parameters.GetValues(tensor).ToArray());
        Tensor shaped = tensor.Columns == 0 ? values
            : tensor.IsTransposed ? values.reshape(tensor.Columns, tensor.Rows).t()
            : values.reshape(tensor.Rows, tensor.Columns);
        ParameterOf(tensor.Name == "lstm.bias_l0" ? "lstm.bias_ih_l0" : tensor.Name).copy_(shaped);
    }

    private Parameter ParameterOf(string name) =>
        get_parameter(name) ?? throw new InvalidOperationException($"TorchSharp has no parameter {name}.");
}

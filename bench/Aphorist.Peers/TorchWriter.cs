using System.Text;
using Aphorist.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace Aphorist.Peers;

/// <summary>Writes with a model in TorchSharp, in both of our modes, at temperature 1.</summary>
internal sealed class TorchWriter : IDisposable
{
    private readonly TorchModel network;
    private readonly LanguageModel model;

    public TorchWriter(LanguageModel model, int threads)
    {
        set_num_threads(threads);
        this.model = model;
        network = new TorchModel(model);
    }

    /// <summary>Writes some characters, the state carried from one to the next; returns how many.</summary>
    public int WriteStateful(int length)
    {
        using IDisposable mode = inference_mode();
        using DisposeScope all = NewDisposeScope();
        Tensor hidden = zeros(1, 1, model.Spec.HiddenSize), cell = zeros(1, 1, model.Spec.HiddenSize), character = zeros([1, 1], ScalarType.Int64);
        StringBuilder text = new();
        for (int count = 0; count < length; count++)
        {
            using DisposeScope step = NewDisposeScope();
            (Tensor logits, Tensor nextHidden, Tensor nextCell) = network.Advance(character, hidden, cell);
            Tensor next = Sample(logits);
            Type(text, next);
            (hidden, cell, character) = (Keep(hidden, nextHidden), Keep(cell, nextCell), Keep(character, next));
        }

        return text.Length;

        static Tensor Keep(Tensor old, Tensor value)
        {
            old.Dispose();
            return value.MoveToOuterDisposeScope();
        }
    }

    /// <summary>Writes some characters, each from a zero state over the last window; returns how many.</summary>
    public int WriteWindows(int length)
    {
        using IDisposable mode = inference_mode();
        using DisposeScope all = NewDisposeScope();
        Tensor window = arange(model.Spec.Window, ScalarType.Int64).remainder(model.Tokenizer.Count).unsqueeze(0);
        StringBuilder text = new();
        for (int count = 0; count < length; count++)
        {
            using DisposeScope step = NewDisposeScope();
            Tensor next = Sample(network.Logits(window));
            Type(text, next);
            Tensor moved = cat([window.narrow(1, 1, model.Spec.Window - 1), next], 1).MoveToOuterDisposeScope();
            window.Dispose();
            window = moved;
        }

        return text.Length;
    }

    public void Dispose() => network.Dispose();

    /// <summary>An id [1, 1] chosen with the probabilities of the logits [1, V].</summary>
    private static Tensor Sample(Tensor logits) => multinomial(nn.functional.softmax(logits, -1), 1);

    private void Type(StringBuilder text, Tensor id) => text.Append(model.Tokenizer.Decode([(int)id.item<long>()]));
}

using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Aphorist.Peers;

/// <summary>Writes with a model in TorchSharp, in both of our modes.</summary>
internal sealed class TorchWriter : IDisposable
{
    private readonly TorchModel network;
    private readonly LanguageModel model;
    private readonly string[] characters;

    public TorchWriter(LanguageModel model, int threads)
    {
        set_num_threads(threads);
        this.model = model;
        characters = [.. Enumerable.Range(0, model.Tokenizer.Count).Select(id => model.Tokenizer.Decode([id]))];
        network = new TorchModel(model);
    }

    /// <summary>Writes some texts beside each other, the states carried from one character to the next; returns how many characters.</summary>
    /// <param name="rows">Texts.</param>
    /// <param name="length">Characters of each.</param>
    /// <param name="sampling">How they are chosen.</param>
    public int WriteStateful(int rows, int length, TorchSampling sampling)
    {
        using IDisposable mode = inference_mode();
        using DisposeScope all = NewDisposeScope();
        Tensor hidden = zeros(1, rows, model.Spec.HiddenSize), cell = zeros(1, rows, model.Spec.HiddenSize);
        Tensor character = zeros([rows, 1], ScalarType.Int64), recent = character.clone();
        StringBuilder[] texts = [.. Enumerable.Range(0, rows).Select(_ => new StringBuilder())];
        for (int count = 0; count < length; count++)
        {
            using DisposeScope step = NewDisposeScope();
            (Tensor logits, Tensor nextHidden, Tensor nextCell) = network.Advance(character, hidden, cell);
            Tensor next = sampling.Choose(logits, recent);
            Type(texts, next);
            if (sampling.Remembers) recent = Keep(recent, TorchSampling.Remember(recent, next));
            (hidden, cell, character) = (Keep(hidden, nextHidden), Keep(cell, nextCell), Keep(character, next));
        }

        return texts.Sum(text => text.ToString().Length);

        static Tensor Keep(Tensor old, Tensor value)
        {
            old.Dispose();
            return value.MoveToOuterDisposeScope();
        }
    }

    /// <summary>Writes some characters, each from a zero state over the last window; returns how many.</summary>
    public int WriteWindows(int length)
    {
        TorchSampling sampling = new(strategies: false);
        using IDisposable mode = inference_mode();
        using DisposeScope all = NewDisposeScope();
        Tensor window = arange(model.Spec.Window, ScalarType.Int64).remainder(model.Tokenizer.Count).unsqueeze(0);
        StringBuilder[] text = [new StringBuilder()];
        for (int count = 0; count < length; count++)
        {
            using DisposeScope step = NewDisposeScope();
            Tensor next = sampling.Choose(network.Logits(window), window);
            Type(text, next);
            Tensor moved = cat([window.narrow(1, 1, model.Spec.Window - 1), next], 1).MoveToOuterDisposeScope();
            window.Dispose();
            window = moved;
        }

        return text[0].Length;
    }

    public void Dispose() => network.Dispose();

    private void Type(StringBuilder[] texts, Tensor ids)
    {
        long[] chosen = ids.data<long>().ToArray();
        for (int row = 0; row < texts.Length; row++) texts[row].Append(characters[chosen[row]]);
    }
}

using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Aphorist.Peers;

/// <summary>Generates text with TorchSharp, in stateful mode and in window mode.</summary>
internal sealed class TorchGenerator : IDisposable
{
    private readonly TorchModel network;
    private readonly LanguageModel model;
    private readonly string[] characters;

    public TorchGenerator(LanguageModel model, int threads)
    {
        set_num_threads(threads);
        this.model = model;
        characters = [.. Enumerable.Range(0, model.Tokenizer.VocabularySize).Select(id => model.Tokenizer.Decode([id]))];
        network = new TorchModel(model);
    }

    /// <summary>
    /// Generates several texts at once and carries the state from character to character. Returns the number of characters.
    /// </summary>
    /// <param name="rows">The number of texts.</param>
    /// <param name="length">The length of each text in characters.</param>
    /// <param name="sampling">The sampling method.</param>
    public int GenerateStateful(int rows, int length, TorchSampling sampling)
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
            Append(texts, next);
            if (sampling.UsesHistory) recent = Keep(recent, TorchSampling.AppendToHistory(recent, next));
            (hidden, cell, character) = (Keep(hidden, nextHidden), Keep(cell, nextCell), Keep(character, next));
        }

        return texts.Sum(text => text.ToString().Length);

        static Tensor Keep(Tensor old, Tensor value)
        {
            old.Dispose();
            return value.MoveToOuterDisposeScope();
        }
    }

    /// <summary>Generates characters, each by running the last window from a zero state. Returns the number of characters.</summary>
    public int GenerateWindows(int length)
    {
        TorchSampling sampling = new(strategies: false);
        using IDisposable mode = inference_mode();
        using DisposeScope all = NewDisposeScope();
        Tensor window = arange(model.Spec.Window, ScalarType.Int64).remainder(model.Tokenizer.VocabularySize).unsqueeze(0);
        StringBuilder[] text = [new StringBuilder()];
        for (int count = 0; count < length; count++)
        {
            using DisposeScope step = NewDisposeScope();
            Tensor next = sampling.Choose(network.Logits(window), window);
            Append(text, next);
            Tensor moved = cat([window.narrow(1, 1, model.Spec.Window - 1), next], 1).MoveToOuterDisposeScope();
            window.Dispose();
            window = moved;
        }

        return text[0].Length;
    }

    public void Dispose() => network.Dispose();

    private void Append(StringBuilder[] texts, Tensor ids)
    {
        long[] chosen = ids.data<long>().ToArray();
        for (int row = 0; row < texts.Length; row++) texts[row].Append(characters[chosen[row]]);
    }
}

namespace Aphorist.Interop.Tests.PyTorch;

/// <summary>The shape of a made-up model of PyTorch.</summary>
internal sealed record PyTorchShape
{
    public bool IsGru { get; init; }

    /// <summary>Whether the recurrent module is an nn.RNN.</summary>
    public bool IsRnn { get; init; }

    public int Layers { get; init; } = 1;

    public int HiddenSize { get; init; } = 5;

    public int VocabularySize { get; init; } = 7;

    public int EmbeddingSize { get; init; }

    /// <summary>Whether the decoder has the embedding's weights.</summary>
    public bool IsTied { get; init; }

    /// <summary>Whether the recurrent module has biases.</summary>
    public bool HasBias { get; init; } = true;

    /// <summary>Whether the decoder has a bias.</summary>
    public bool HasDecoderBias { get; init; } = true;

    /// <summary>The prefix of our names of the tensors.</summary>
    public string Prefix => IsRnn ? "rnn." : IsGru ? "gru." : "lstm.";

    public int Rows => (IsRnn ? 1 : IsGru ? 3 : 4) * HiddenSize;

    public int InputSize(int layer) => layer > 0 ? HiddenSize : EmbeddingSize > 0 ? EmbeddingSize : VocabularySize;

    /// <summary>
    /// The tensors of the state dict of a module with the attributes embedding, rnn and decoder, in its order. Tied weights are in it
    /// twice.
    /// </summary>
    public IEnumerable<(string Name, int[] Shape)> Tensors()
    {
        if (EmbeddingSize > 0) yield return ("embedding.weight", [VocabularySize, EmbeddingSize]);
        for (int layer = 0; layer < Layers; layer++)
        {
            yield return ($"rnn.weight_ih_l{layer}", [Rows, InputSize(layer)]);
            yield return ($"rnn.weight_hh_l{layer}", [Rows, HiddenSize]);
            if (!HasBias) continue;
            yield return ($"rnn.bias_ih_l{layer}", [Rows]);
            yield return ($"rnn.bias_hh_l{layer}", [Rows]);
        }

        yield return ("decoder.weight", [VocabularySize, HiddenSize]);
        if (HasDecoderBias) yield return ("decoder.bias", [VocabularySize]);
    }
}

using Aphorist.Model.Layers;
using Aphorist.Numerics;

namespace Aphorist.Model;

/// <summary>The states of several texts that a model reads token by token, from which it predicts their next tokens.</summary>
/// <remarks>The rows are independent of each other; different threads may advance different rows at the same time.</remarks>
internal sealed unsafe class InferenceState
{
    private readonly PackedWeights weights;
    private readonly InferenceLayer[] layers;
    private readonly LayerPostprocessor[] outputs;
    private readonly AlignedArray embedded;

    /// <param name="weights">The model's weights.</param>
    /// <param name="rows">The number of texts.</param>
    /// <exception cref="ArgumentException">The states of this many texts do not fit into arrays.</exception>
    public InferenceState(PackedWeights weights, int rows)
    {
        this.weights = weights;
        ModelSpec spec = weights.Model.Spec;
        double mostOfText = spec.MaxStepSize + (double)Enumerable.Range(0, spec.Layers).Max(spec.StateSize);
        AlignedArray.EnsureFits(rows * mostOfText, "read fewer texts at once, or take a model with a shorter window or smaller layers");
        layers = [.. weights.Layers.Select(layer => layer.CreateState(weights, rows))];
        outputs = [.. layers.Select((_, layer) => new LayerPostprocessor(weights, layer, rows))];
        embedded = new AlignedArray(rows * spec.EmbeddingSize);
    }

    /// <summary>The layers, from the first one up.</summary>
    public IReadOnlyList<InferenceLayer> Layers => layers;

    /// <summary>Resets the states of all texts.</summary>
    public void Clear()
    {
        foreach (InferenceLayer layer in layers) layer.Clear();
        foreach (LayerPostprocessor output in outputs) output.Clear();
    }

    /// <summary>Resets the state of one text.</summary>
    public void Clear(int row)
    {
        foreach (InferenceLayer layer in layers) layer.Clear(row);
        foreach (LayerPostprocessor output in outputs) output.Clear(row);
    }

    /// <summary>Copies the state of a text from another instance with the same weights, which may be this one.</summary>
    /// <param name="other">The instance to copy from.</param>
    /// <param name="from">The text in the other instance.</param>
    /// <param name="to">The text in this instance.</param>
    public void CopyFrom(InferenceState other, int from, int to)
    {
        for (int layer = 0; layer < layers.Length; layer++)
        {
            layers[layer].CopyFrom(other.layers[layer], from, to);
            outputs[layer].CopyFrom(other.outputs[layer], from, to);
        }
    }

    /// <summary>Reads the next token of each of several texts.</summary>
    /// <param name="tokens">[count].</param>
    /// <param name="first">The first text.</param>
    /// <param name="count">The number of texts.</param>
    public void Advance(int* tokens, int first, int count)
    {
        LayerInput input = LayerInput.Of(tokens);
        if (weights.Model.Layout.Embedding is not null)
        {
            float* vectors = embedded.Pointer + (nint)first * weights.Model.Spec.EmbeddingSize;
            weights.Embed(tokens, vectors, count);
            input = LayerInput.Of(vectors);
        }

        for (int layer = 0; layer < layers.Length; layer++)
        {
            layers[layer].Advance(input, first, count);
            input = LayerInput.Of(outputs[layer].Forward(layers[layer].Output(first), input.Vectors, mask: [], first, count));
        }
    }

    /// <summary>Computes the logits [count, V] of the next token of several texts.</summary>
    public void Decode(int first, int count, float* logits) =>
        weights.Decode(outputs[^1].At(layers[^1].Output(first), first), logits, count);
}

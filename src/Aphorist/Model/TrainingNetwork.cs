using System.Numerics.Tensors;
using Aphorist.Model.Layers;
using Aphorist.Numerics;

namespace Aphorist.Model;

/// <summary>
/// The whole model over sequences of tokens, forward pass and backward pass: the workspace of one worker. Workers share the weights.
/// </summary>
internal sealed unsafe class TrainingNetwork
{
    private readonly PackedWeights weights;
    private readonly TrainingLayer[] layers;
    private readonly SoftmaxDecoder decoder;
    private readonly bool lastOnly;
    private readonly int hiddenSize, embeddingSize, maxRows;
    private readonly AlignedArray embedded, embeddedGradient;
    private readonly LayerPostprocessor[] outputs;
    private readonly AlignedArray[] outputGradients;

    /// <param name="weights">The model's weights.</param>
    /// <param name="maxRows">The maximum number of sequences in a call.</param>
    /// <param name="maxSteps">The maximum number of steps.</param>
    /// <param name="lastOnly">Whether only the token after the last step is predicted, instead of one after each step.</param>
    /// <param name="dropsOut">Whether calls can have dropout masks.</param>
    public TrainingNetwork(PackedWeights weights, int maxRows, int maxSteps, bool lastOnly, bool dropsOut)
    {
        (this.weights, this.maxRows, this.lastOnly) = (weights, maxRows, lastOnly);
        ModelSpec spec = weights.Model.Spec;
        (hiddenSize, embeddingSize) = (spec.HiddenSize, spec.EmbeddingSize);
        layers = [.. weights.Layers.Select(layer => layer.CreateLayer(weights, maxRows, maxSteps))];
        foreach (TrainingLayer layer in layers) layer.Monitor = Monitor;
        decoder = new SoftmaxDecoder(weights) { Monitor = Monitor };
        int sequence = maxSteps * maxRows;
        embedded = new AlignedArray(sequence * embeddingSize);
        embeddedGradient = new AlignedArray(sequence * embeddingSize);
        outputs = [.. layers.Select((_, layer) => new LayerPostprocessor(weights, layer, sequence, dropsOut))];
        outputGradients = [.. layers.Select(
            (_, layer) => new AlignedArray((lastOnly && layer == layers.Length - 1 ? maxRows : sequence) * hiddenSize))];
    }

    /// <summary>Stops the work of this worker, and counts its steps, see <see cref="TrainingLayer.Monitor"/>.</summary>
    public WorkMonitor Monitor { get; } = new();

    /// <summary>Computes the loss and the gradients of sequences. They are meaningless if <see cref="Monitor"/> stops.</summary>
    /// <param name="tokens">[steps + 1, rows]: the tokens that the model reads, and the next one.</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="state">[<see cref="StateLength"/>]: the initial states, replaced by the final states; null for zeros.</param>
    /// <param name="masks">
    /// [layers, rows, H]: the dropout masks of the layer outputs after normalization, the same for all steps; null for none.
    /// </param>
    /// <param name="scale">The factor of the loss in the gradients: 1 / the number of predictions in the batch.</param>
    /// <param name="gradient">The gradients in the layout of the parameters; overwritten.</param>
    /// <returns>The summed loss in nats and the number of correct predictions.</returns>
    public (double Loss, int Correct) LossAndGradient(
        int* tokens, int steps, int rows, float* state, float* masks, float scale, float* gradient)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, maxRows);
        new Span<float>(gradient, weights.Model.Parameters.Values.Length).Clear();
        Forward(tokens, steps, rows, state, masks);
        if (Monitor.IsStopped) return default;
        nint states = (nint)rows * hiddenSize;
        int first = lastOnly ? steps - 1 : 0;
        float* top = OutputOf(layers.Length - 1), topGradient = outputGradients[^1].Pointer;
        (double Loss, int Correct) result = decoder.LossAndGradient(
            top + first * states, tokens + (nint)(first + 1) * rows, (steps - first) * rows, scale, topGradient, gradient);
        if (!Monitor.IsStopped) Backward(tokens, steps, rows, masks, gradient);
        return result;
    }

    /// <summary>The number of floats in the states of <paramref name="rows"/> sequences.</summary>
    public static int StateLength(ModelSpec spec, int rows)
    {
        int length = 0;
        for (int layer = 0; layer < spec.Layers; layer++) length += rows * spec.StateSize(layer);
        return length;
    }

    private void Forward(int* tokens, int steps, int rows, float* state, float* masks)
    {
        if (embeddingSize > 0) weights.Embed(tokens, embedded.Pointer, steps * rows);
        for (int layer = 0; layer < layers.Length; layer++)
        {
            LayerInput input = InputOf(layer, tokens);
            layers[layer].Forward(input, steps, rows, state);
            if (Monitor.IsStopped) return;
            int first = FirstRow(layer, steps, rows);
            nint place = (nint)first * hiddenSize;
            outputs[layer].Forward(
                layers[layer].Output + place, input.Vectors + place, MaskOf(layer, rows, masks), first, steps * rows - first);
            if (state is not null) state += rows * weights.Model.Spec.StateSize(layer);
        }
    }

    private void Backward(int* tokens, int steps, int rows, float* masks, float* gradient)
    {
        for (int layer = layers.Length - 1; layer >= 0; layer--)
        {
            bool isLastOnly = lastOnly && layer == layers.Length - 1;
            float* outputGradient = outputGradients[layer].Pointer;
            float* inputGradient = layer > 0 ? outputGradients[layer - 1].Pointer : embeddedGradient.Pointer;
            int first = FirstRow(layer, steps, rows), count = steps * rows - first;
            if (outputs[layer].AddsInput) PassPast(outputGradient, inputGradient, first, count);
            outputs[layer].Backward(
                layers[layer].Output + (nint)first * hiddenSize, MaskOf(layer, rows, masks), outputGradient, first, count, gradient);
            layers[layer].Backward(InputOf(layer, tokens), steps, outputGradient, isLastOnly, inputGradient, gradient);
            if (Monitor.IsStopped) return;
        }

        if (embeddingSize > 0) AddEmbeddingGradient(tokens, steps * rows, gradient + weights.Model.Layout.Embedding!.Offset);
    }

    private void AddEmbeddingGradient(int* tokens, int rows, float* gradient)
    {
        for (int row = 0; row < rows; row++)
        {
            Span<float> sum = new(gradient + (nint)tokens[row] * embeddingSize, embeddingSize);
            TensorPrimitives.Add(sum, embeddedGradient.Span.Slice(row * embeddingSize, embeddingSize), sum);
        }
    }

    /// <summary>
    /// Copies the gradient that bypasses a layer to its input: that of the output, which may only exist for the last rows.
    /// </summary>
    private void PassPast(float* outputGradient, float* inputGradient, int first, int rows)
    {
        new Span<float>(inputGradient, first * hiddenSize).Clear();
        new ReadOnlySpan<float>(outputGradient, rows * hiddenSize).CopyTo(
            new Span<float>(inputGradient + (nint)first * hiddenSize, rows * hiddenSize));
    }

    /// <summary>The first row of a layer's outputs that is used.</summary>
    private int FirstRow(int layer, int steps, int rows) => lastOnly && layer == layers.Length - 1 ? (steps - 1) * rows : 0;

    private LayerInput InputOf(int layer, int* tokens) =>
        layer > 0 ? LayerInput.Of(OutputOf(layer - 1)) : embeddingSize > 0 ? LayerInput.Of(embedded.Pointer) : LayerInput.Of(tokens);

    /// <summary>The output of a layer.</summary>
    private float* OutputOf(int layer) => outputs[layer].At(layers[layer].Output, 0);

    private ReadOnlySpan<float> MaskOf(int layer, int rows, float* masks) =>
        masks is null ? [] : new(masks + (nint)layer * rows * hiddenSize, rows * hiddenSize);
}

namespace Aphorist.Reference;

/// <summary>
/// The forward pass of the whole model over one sequence, up to the logits, with all values that the backward pass needs.
/// </summary>
public sealed class SequenceRun
{
    private readonly ReferenceParameters parameters;
    private readonly int[] tokens;
    private readonly double[][]? masks;
    private readonly LayerRun[] layers;
    private readonly NormalizationRun?[] normalizations;
    private readonly double[][] outputs;

    /// <param name="parameters">The model's parameters.</param>
    /// <param name="tokens">The token ids, [steps].</param>
    /// <param name="states">The initial states of the layers, [layers][state]. Zero if null.</param>
    /// <param name="masks">The dropout factors of the outputs of each layer, after normalization, [layers][H]. One if null.</param>
    public SequenceRun(ReferenceParameters parameters, int[] tokens, double[][]? states = null, double[][]? masks = null)
    {
        (this.parameters, this.tokens, this.masks) = (parameters, tokens, masks);
        states ??= parameters.Spec.ZeroStates();
        layers = new LayerRun[parameters.Spec.Layers];
        normalizations = new NormalizationRun?[layers.Length];
        outputs = [.. tokens.Select(InputOf)];
        for (int layer = 0; layer < layers.Length; layer++)
        {
            layers[layer] = LayerRun.Create(parameters, layer, outputs, states[layer]);
            if (parameters.Spec.LayerNormalization) normalizations[layer] = new NormalizationRun(parameters, layer, layers[layer].Outputs);
            double[][] handedOn = Masked(normalizations[layer]?.Outputs ?? layers[layer].Outputs, layer);
            outputs = AddsInput(layer) ? Sum(handedOn, outputs) : handedOn;
        }
    }

    /// <summary>The states of the layers after the last step, [layers][state].</summary>
    public double[][] FinalStates => [.. layers.Select(layer => layer.FinalState)];

    /// <summary>Returns the <see cref="LayerRun.Cells"/> of all layers at a step, [layers * H], from the first layer up.</summary>
    public double[] Cells(int time) => [.. layers.SelectMany(layer => layer.Cells[time])];

    /// <summary>Returns the <see cref="LayerRun.Signals"/> of a layer after a step.</summary>
    public double[][] Signals(int layer, int time) => layers[layer].Signals(time);

    /// <summary>The arguments of <see cref="ReferenceSpec.Gate"/> in all layers.</summary>
    public IEnumerable<double> GateSums => layers.SelectMany(layer => layer.GateSums);

    /// <summary>Returns the logits D h + bias [V] of the token after a step.</summary>
    public double[] Logits(int time) =>
        Affine.Apply(parameters[parameters.Spec.DecoderKernel], parameters["decoder.bias"], outputs[time]);

    /// <summary>
    /// Runs the backward pass with the gradients of the logits of the last steps, and adds to the gradients of the parameters.
    /// </summary>
    public void Backward(double[][] logitGradients, ReferenceParameters gradients)
    {
        double[][] flowing = [.. outputs.Select(output => new double[output.Length])];
        for (int index = 0; index < logitGradients.Length; index++)
        {
            int time = tokens.Length - logitGradients.Length + index;
            Affine.AddGradients(gradients[parameters.Spec.DecoderKernel], gradients["decoder.bias"], logitGradients[index], outputs[time]);
            flowing[time] = Affine.InputGradient(parameters[parameters.Spec.DecoderKernel], logitGradients[index]);
        }

        for (int layer = layers.Length - 1; layer >= 0; layer--)
        {
            double[][] throughMask = Masked(flowing, layer);
            double[][] throughLayer =
                layers[layer].Backward(normalizations[layer]?.Backward(throughMask, gradients) ?? throughMask, gradients);
            flowing = AddsInput(layer) ? Sum(throughLayer, flowing) : throughLayer;
        }

        if (parameters.Spec.EmbeddingSize > 0) AddEmbeddingGradients(flowing, gradients["embedding.weight"]);
    }

    private bool AddsInput(int layer) => parameters.Spec.Residual && layer > 0;

    private static double[][] Sum(double[][] left, double[][] right) =>
        [.. left.Select((vector, time) => vector.Select((value, unit) => value + right[time][unit]).ToArray())];

    /// <summary>Returns the row of a token in the embedding, or a one-hot vector.</summary>
    private double[] InputOf(int token)
    {
        int size = parameters.Spec.EmbeddingSize;
        if (size > 0) return parameters["embedding.weight"][(token * size)..((token + 1) * size)];
        double[] oneHot = new double[parameters.Spec.VocabularySize];
        oneHot[token] = 1;
        return oneHot;
    }

    private void AddEmbeddingGradients(double[][] inputGradients, double[] gradient)
    {
        for (int time = 0; time < tokens.Length; time++)
            for (int column = 0; column < inputGradients[time].Length; column++)
                gradient[tokens[time] * inputGradients[time].Length + column] += inputGradients[time][column];
    }

    // The forward and the backward pass multiply by the same factors.
    private double[][] Masked(double[][] vectors, int layer) =>
        masks is null ? vectors : [.. vectors.Select(vector => vector.Select((value, unit) => value * masks[layer][unit]).ToArray())];
}

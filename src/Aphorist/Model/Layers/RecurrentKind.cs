using Aphorist.Numerics;

namespace Aphorist.Model.Layers;

/// <summary>The common part of LSTM, GRU and vanilla RNN layers.</summary>
internal abstract class RecurrentKind : LayerKind
{
    public override string DisplayName => "recurrent layers";

    public override int MaxLayers => 4;

    public override void Initialize(Parameters parameters, LayerTensors tensors, int layer, ulong seed)
    {
        (ParameterTensor input, ParameterTensor recurrent) = (tensors.InputKernel, tensors.RecurrentKernel!);
        Initializer.GlorotUniform(
            parameters.GetValues(input), input.Columns, input.Rows, new(seed, RandomPurpose.InputKernel, (uint)layer));
        Initializer.Orthogonal(
            parameters.GetValues(recurrent), recurrent.Columns, recurrent.Rows, new(seed, RandomPurpose.RecurrentKernel, (uint)layer));
    }

    public override LayerWeights CreateWeights(PackedWeights weights, int layer) => new RecurrentWeights(this, weights, layer);

    /// <summary>Creates the workspace for whole sequences.</summary>
    public abstract TrainingLayer CreateTrainingLayer(RecurrentWeights layer, PackedWeights weights, int maxRows, int maxSteps);

    /// <summary>Creates the states of texts that are read token by token.</summary>
    public abstract InferenceLayer CreateInferenceLayer(RecurrentWeights layer, PackedWeights weights, int rows);
}

using Aphorist.Model;
using Aphorist.Model.Layers;
using Aphorist.Numerics;

namespace Aphorist.Inspection;

/// <summary>Reads a text token by token and gives access to the cells and gates of all layers after each token.</summary>
internal sealed unsafe class CellReader
{
    private readonly InferenceState state;
    private readonly int units;

    public CellReader(LanguageModel model, InstructionSet instructionSet)
    {
        PackedWeights weights = new(model, instructionSet);
        weights.Refresh();
        state = new InferenceState(weights, rows: 1);
        units = model.Spec.HiddenSize;
    }

    /// <summary>The number of cells in all layers.</summary>
    public int Count => state.Layers.Count * units;

    public void Read(int id) => state.Advance(&id, 0, 1);

    /// <summary>Copies the values [layers, H] of all cells.</summary>
    public void CopyTo(Span<float> values)
    {
        for (int layer = 0; layer < state.Layers.Count; layer++) state.Layers[layer].Cells(row: 0).CopyTo(values[(layer * units)..]);
    }

    /// <summary>The outputs [H] of a layer, before normalization.</summary>
    public ReadOnlySpan<float> Output(int layer) => new(state.Layers[layer].Output(first: 0), units);

    /// <summary>The memory [H] of a layer, see <see cref="InferenceLayer.Memory"/>.</summary>
    public ReadOnlySpan<float> Memory(int layer) => state.Layers[layer].Memory(row: 0);

    /// <summary>The values [H] of a block, see <see cref="InferenceLayer.Gate"/>.</summary>
    public ReadOnlySpan<float> Gate(int layer, int place) => state.Layers[layer].Gate(row: 0, place);
}

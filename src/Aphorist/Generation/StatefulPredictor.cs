using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist.Generation;

/// <summary>Carries the state from token to token.</summary>
internal sealed unsafe class StatefulPredictor : Predictor
{
    private readonly NetworkState state;
    private readonly AlignedArray logits;

    public StatefulPredictor(NetworkWeights weights)
    {
        state = new NetworkState(weights, rows: 1);
        logits = new AlignedArray(weights.Model.Tokenizer.Count);
    }

    public override void Read(int id) => state.Advance(&id, 0, 1);

    public override ReadOnlySpan<float> Predict()
    {
        state.Decode(0, 1, logits.Pointer);
        return logits.Span;
    }
}

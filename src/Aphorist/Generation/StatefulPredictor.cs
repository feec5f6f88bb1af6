using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist.Generation;

/// <summary>Carries the state from token to token.</summary>
internal sealed unsafe class StatefulPredictor : Predictor
{
    private readonly PackedWeights weights;
    private readonly AlignedArray logits;

    public StatefulPredictor(PackedWeights weights)
    {
        this.weights = weights;
        State = new InferenceState(weights, rows: 1);
        logits = new AlignedArray(weights.Model.Tokenizer.VocabularySize);
    }

    /// <summary>What it remembers: one text.</summary>
    public InferenceState State { get; }

    public override void Read(int id) => State.Advance(&id, 0, 1);

    public override ReadOnlySpan<float> Predict()
    {
        State.Decode(0, 1, logits.Pointer);
        return logits.Span;
    }

    public override Predictor Fork()
    {
        StatefulPredictor fork = new(weights);
        fork.State.CopyFrom(State, 0, 0);
        return fork;
    }

    public override void Dispose()
    {
    }
}

using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist.Generation;

/// <summary>Reads the tokens of one text one by one and predicts the next one.</summary>
internal abstract class Predictor : IDisposable
{
    /// <summary>Reads a token.</summary>
    public abstract void Read(int id);

    /// <summary>Returns the logits [V] of the next token. They are valid until the next call.</summary>
    public abstract ReadOnlySpan<float> Predict();

    /// <summary>Creates an independent predictor with the same state.</summary>
    public abstract Predictor Fork();

    /// <summary>Ends the predictor's threads, if there are any.</summary>
    public abstract void Dispose();
}

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

    /// <summary>The state, which has one row.</summary>
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

namespace Aphorist.Training;

/// <summary>How well a model predicted a text.</summary>
/// <param name="Count">Predictions.</param>
/// <param name="LossSum">Their summed loss in nats.</param>
/// <param name="Correct">How many were right.</param>
/// <param name="Characters">The characters (Unicode scalar values) that the predicted tokens stand for, as <see cref="Tokenizer.CountCharacters"/> counts them; for a model of characters as many as predictions.</param>
public readonly record struct Evaluation(long Count, double LossSum, long Correct, long Characters)
{
    /// <summary>The mean loss in nats per token.</summary>
    public double LossPerToken => LossSum / Count;

    /// <summary>The mean loss in bits per token.</summary>
    public double BitsPerToken => LossPerToken / Math.Log(2);

    /// <summary>The loss in bits for each character, which is what models with different tokens are compared by.</summary>
    public double BitsPerCharacter => LossSum / Math.Log(2) / Characters;

    /// <summary>e to the mean loss: as uncertain as a choice between so many equally likely tokens.</summary>
    public double Perplexity => Math.Exp(LossPerToken);

    /// <summary>Share of right predictions.</summary>
    public double Accuracy => (double)Correct / Count;

    /// <summary>The predictions of both.</summary>
    public static Evaluation operator +(Evaluation a, Evaluation b) =>
        new(a.Count + b.Count, a.LossSum + b.LossSum, a.Correct + b.Correct, a.Characters + b.Characters);

    /// <summary>The predictions of both.</summary>
    public static Evaluation Add(Evaluation left, Evaluation right) => left + right;
}

namespace Aphorist.Training;

/// <summary>How well a model predicted a text.</summary>
/// <param name="Count">Predictions.</param>
/// <param name="LossSum">Their summed loss in nats.</param>
/// <param name="Correct">How many were right.</param>
public readonly record struct Evaluation(long Count, double LossSum, long Correct)
{
    /// <summary>The mean loss in nats.</summary>
    public double Nats => LossSum / Count;

    /// <summary>The mean loss in bits.</summary>
    public double Bits => Nats / Math.Log(2);

    /// <summary>e to the mean loss: as uncertain as a choice between so many equally likely tokens.</summary>
    public double Perplexity => Math.Exp(Nats);

    /// <summary>Share of right predictions.</summary>
    public double Accuracy => (double)Correct / Count;

    /// <summary>The predictions of both.</summary>
    public static Evaluation operator +(Evaluation a, Evaluation b) => new(a.Count + b.Count, a.LossSum + b.LossSum, a.Correct + b.Correct);

    /// <summary>The predictions of both.</summary>
    public static Evaluation Add(Evaluation left, Evaluation right) => left + right;
}

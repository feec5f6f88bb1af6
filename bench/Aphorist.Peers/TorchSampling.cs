using static TorchSharp.torch;

namespace Aphorist.Peers;

/// <summary>
/// Samples one id for each row of a batch in TorchSharp, optionally with top-p and a repetition penalty.
/// </summary>
internal sealed class TorchSampling(bool strategies)
{
    public const double TopP = 0.9, RepetitionPenalty = 1.1;

    private const int PenaltyWindow = 64;

    /// <summary>Whether sampling needs the previous ids.</summary>
    public bool UsesHistory => strategies;

    /// <summary>Samples ids [rows, 1].</summary>
    /// <param name="logits">The logits, [rows, V].</param>
    /// <param name="recent">The previous ids, [rows, count]. Only read if <see cref="UsesHistory"/> is true.</param>
    public Tensor Choose(Tensor logits, Tensor recent)
    {
        if (!strategies) return multinomial(nn.functional.softmax(logits, -1), 1);
        Tensor scores = logits.gather(1, recent);
        Tensor penalized = where(scores > 0, scores / RepetitionPenalty, scores * RepetitionPenalty);
        (Tensor sorted, Tensor order) = sort(nn.functional.softmax(logits.scatter(1, recent, penalized), -1), dim: -1, descending: true);
        // An id is kept if the more likely ids do not reach top-p without it.
        Tensor nucleus = sorted * (sorted.cumsum(-1) - sorted < TopP);
        return order.gather(1, multinomial(nucleus, 1));
    }

    /// <summary>Appends ids to the previous ids and keeps the most recent ones.</summary>
    /// <param name="recent">The previous ids.</param>
    /// <param name="chosen">The ids to append, [rows, 1].</param>
    public static Tensor AppendToHistory(Tensor recent, Tensor chosen)
    {
        long kept = Math.Min(recent.shape[1], PenaltyWindow - 1);
        return cat([recent.narrow(1, recent.shape[1] - kept, kept), chosen], 1);
    }
}

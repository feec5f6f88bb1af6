using Aphorist.Generation.Sampling;
using static TorchSharp.torch;

namespace Aphorist.Peers;

/// <summary>Chooses ids by logits, as one writes it in TorchSharp: for each row of a batch one, or with a nucleus and a repetition penalty as well.</summary>
internal sealed class TorchSampling(bool strategies)
{
    public const double TopP = 0.9, RepetitionPenalty = 1.1;

    private const int PenaltyWindow = 64;

    /// <summary>Whether it asks for the ids before.</summary>
    public bool Remembers => strategies;

    /// <summary>Ids [rows, 1] with the probabilities of the logits [rows, V].</summary>
    /// <param name="logits">The logits.</param>
    /// <param name="recent">The ids before, [rows, some]; only read where it <see cref="Remembers"/>.</param>
    public Tensor Choose(Tensor logits, Tensor recent)
    {
        if (!strategies) return multinomial(nn.functional.softmax(logits, -1), 1);
        Tensor scores = logits.gather(1, recent);
        Tensor penalized = where(scores > 0, scores / RepetitionPenalty, scores * RepetitionPenalty);
        (Tensor sorted, Tensor order) = sort(nn.functional.softmax(logits.scatter(1, recent, penalized), -1), dim: -1, descending: true);
        // An id belongs to the nucleus if those before it do not have the probability yet.
        Tensor nucleus = sorted * (sorted.cumsum(-1) - sorted < TopP);
        return order.gather(1, multinomial(nucleus, 1));
    }

    /// <summary>The ids before the next choice.</summary>
    /// <param name="recent">Those before the last one.</param>
    /// <param name="chosen">The last ones, [rows, 1].</param>
    public static Tensor Remember(Tensor recent, Tensor chosen)
    {
        long kept = Math.Min(recent.shape[1], PenaltyWindow - 1);
        return cat([recent.narrow(1, recent.shape[1] - kept, kept), chosen], 1);
    }
}

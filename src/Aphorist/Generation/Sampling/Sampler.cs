using System.Numerics.Tensors;

namespace Aphorist.Generation.Sampling;

/// <summary>Chooses one of the tokens by their logits, as a plan says: the workspace of one thread, for any number of texts.</summary>
internal sealed class Sampler(SamplerChain plan)
{
    private readonly Candidates candidates = new(plan.Tokens);
    private readonly float[] adjusted = new float[plan.Tokens];

    public SamplerChain Plan => plan;

    /// <summary>Chooses the next token of a text. The same logits may be asked again, which draws again.</summary>
    /// <param name="text">The text.</param>
    /// <param name="logits">[V].</param>
    /// <param name="barred">Tokens that do not come into question this time, besides those that the options ban.</param>
    public int Choose(SamplerState text, ReadOnlySpan<float> logits, ReadOnlySpan<int> barred = default)
    {
        double temperature = plan.Options.TemperatureSchedule?.GetTemperature(text.Written) ?? plan.Options.Temperature;
        if (plan.Adjustments.Count > 0 || !barred.IsEmpty) logits = Adjust(text, logits, barred);
        if (temperature == 0) return TensorPrimitives.IndexOfMax(logits);
        candidates.Begin(logits, temperature);
        for (int filter = 0; filter < plan.Filters.Count; filter++) plan.Filters[filter].Apply(candidates);
        return candidates.Draw(text.Draw());
    }

    private Span<float> Adjust(SamplerState text, ReadOnlySpan<float> logits, ReadOnlySpan<int> barred)
    {
        logits.CopyTo(adjusted);
        for (int adjustment = 0; adjustment < plan.Adjustments.Count; adjustment++) plan.Adjustments[adjustment].Apply(adjusted, text.Recent);
        foreach (int id in barred) adjusted[id] = float.NegativeInfinity;
        return adjusted;
    }
}

namespace Aphorist.Generation.Sampling;

/// <summary>A strategy that makes tokens likelier or less likely by changing their logits.</summary>
internal interface ILogitsProcessor
{
    /// <summary>Changes the logits of the next token.</summary>
    /// <param name="logits">[V].</param>
    /// <param name="recent">The tokens read last.</param>
    void Apply(Span<float> logits, RecentTokens recent);
}

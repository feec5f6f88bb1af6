namespace Aphorist.Generation.Sampling;

/// <summary>A strategy that leaves out unlikely tokens before one is drawn.</summary>
internal interface ISamplerFilter
{
    /// <summary>Leaves out candidates; at least one stays.</summary>
    void Apply(Candidates candidates);
}

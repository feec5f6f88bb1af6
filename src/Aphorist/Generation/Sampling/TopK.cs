namespace Aphorist.Generation.Sampling;

/// <summary>Keeps the k most likely tokens (Fan et al., 2018, "Hierarchical neural story generation").</summary>
internal sealed class TopK : ISamplerFilter
{
    private readonly int k;

    public TopK(int k, int vocabularySize) => this.k = k <= vocabularySize
        ? k
        : throw new InvalidOptionsException(
            $"TopK is {k}, but the model has only {vocabularySize} tokens.", nameof(GenerationOptions.TopK));

    public SamplingStepKind Kind => SamplingStepKind.TopK;

    public void Apply(Candidates candidates) => candidates.KeepMostLikely(k);
}

using Aphorist.Generation.Sampling;

namespace Aphorist.Generation;

/// <summary>What is asked of a text, checked and made ready for one tokenizer. Unchanging, so that many texts share it.</summary>
/// <param name="Length">The most tokens; null for no end.</param>
/// <param name="Sampling">How they are chosen.</param>
/// <param name="StopTexts">What ends the text before, as <see cref="StopSequenceMatcher.Of"/> checks it.</param>
/// <param name="MinimumLength">The least tokens before one of them may.</param>
internal sealed record CompiledRequest(int? Length, SamplerChain Sampling, string[] StopTexts, int MinimumLength)
{
    /// <exception cref="ArgumentException">The options do not fit the model, or a length is negative.</exception>
    public static CompiledRequest Of(Tokenizer tokenizer, SamplingOptions? sampling, int? length, StopOptions? stop)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length ?? 0, nameof(length));
        stop ??= StopOptions.Never;
        return new(length, new SamplerChain(sampling ?? SamplingOptions.Default, tokenizer), Generation.StopSequenceMatcher.Of(stop, tokenizer), stop.MinimumLength);
    }
}

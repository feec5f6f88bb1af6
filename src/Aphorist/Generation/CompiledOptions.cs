using Aphorist.Generation.Sampling;

namespace Aphorist.Generation;

/// <summary>Generation options, checked and prepared for one tokenizer. Immutable, so that many texts share it.</summary>
internal sealed class CompiledOptions
{
    private readonly Tokenizer tokenizer;

    /// <exception cref="InvalidOptionsException">The options do not fit the tokenizer, or contradict each other.</exception>
    public CompiledOptions(GenerationOptions? options, Tokenizer tokenizer)
    {
        options ??= new GenerationOptions();
        options.Validate();
        (Options, this.tokenizer) = (options, tokenizer);
        Seed = options.Seed ?? (ulong)Random.Shared.NextInt64();
        Chain = new SamplerChain(options, tokenizer);
        StopSequences = StopSequenceMatcher.Normalize(options.StopSequences, tokenizer);
    }

    public GenerationOptions Options { get; }

    /// <summary>The seed of the options, or a random one.</summary>
    public ulong Seed { get; }

    public SamplerChain Chain { get; }

    /// <summary>The stop sequences, normalized.</summary>
    public string[] StopSequences { get; }

    /// <summary>Normalizes and encodes a prompt.</summary>
    /// <exception cref="UnknownCharacterException">The prompt has a character that the model does not know.</exception>
    public int[] Encode(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Encode(tokenizer, prompt, Options.UnknownCharacters);
    }

    /// <inheritdoc cref="Encode(string)"/>
    public static int[] Encode(Tokenizer tokenizer, string text, UnknownCharacterPolicy unknownCharacters)
    {
        string normalized = tokenizer.Normalization.Apply(text);
        return unknownCharacters == UnknownCharacterPolicy.Skip
            ? tokenizer.EncodeSkippingUnknown(normalized, out _)
            : tokenizer.Encode(normalized);
    }
}

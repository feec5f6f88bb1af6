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
        if (options.MinTokens > options.MaxTokens)
            throw new InvalidOptionsException($"MinTokens is {options.MinTokens}. It must not exceed MaxTokens, which is {options.MaxTokens}.", nameof(options.MinTokens));
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

    /// <summary>Encodes a prompt.</summary>
    /// <exception cref="UnknownCharacterException">The prompt has a character that the model does not know.</exception>
    public int[] Encode(string prompt) => Encode(tokenizer, prompt, Options.UnknownCharacters);

    /// <summary>Normalizes and encodes a text.</summary>
    /// <exception cref="UnknownCharacterException">The text has a character that the model does not know.</exception>
    public static int[] Encode(Tokenizer tokenizer, string text, UnknownCharacterPolicy unknownCharacters)
    {
        string normalized = tokenizer.Normalization.Apply(text);
        return unknownCharacters == UnknownCharacterPolicy.Skip ? tokenizer.EncodeSkippingUnknown(normalized, out _) : tokenizer.Encode(normalized);
    }

    /// <summary>Throws if the length of a text has no limit.</summary>
    public CompiledOptions EnsureLimited() => Options.MaxTokens is not null
        ? this
        : throw new InvalidOptionsException("MaxTokens is null, which only the streaming methods accept. Set a limit.", nameof(Options.MaxTokens));
}

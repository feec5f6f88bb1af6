using System.Numerics.Tensors;
using Aphorist.Text;

namespace Aphorist.Generation.Sampling;

/// <summary>Adds a number to the logit of each token; minus infinity bans the token.</summary>
internal sealed class TokenBias : ILogitsProcessor
{
    private readonly float[] biases;

    private TokenBias(float[] biases) => (this.biases, AllowedCount) = (biases, biases.Count(float.IsFinite));

    /// <summary>The number of tokens that are not banned.</summary>
    public int AllowedCount { get; }

    /// <summary>The biases of the options, or null if there are none.</summary>
    /// <exception cref="InvalidOptionsException">The options name a text that is not a token, or ban all tokens.</exception>
    public static TokenBias? Create(GenerationOptions options, Tokenizer tokenizer)
    {
        List<int> banned = [.. options.BannedTokens.SelectMany(text => FindTokens(tokenizer, text, nameof(options.BannedTokens)))];
        // The unknown token has no text of its own, so it is never generated.
        if (tokenizer.UnknownTokenId is int unknown) banned.Add(unknown);
        if (options.LogitBias.Count == 0 && options.LogitBiasById.Count == 0 && banned.Count == 0) return null;
        float[] biases = new float[tokenizer.VocabularySize];
        foreach ((string text, double bias) in options.LogitBias)
            foreach (int id in FindTokens(tokenizer, text, nameof(options.LogitBias))) biases[id] = (float)bias;
        foreach ((int id, double bias) in options.LogitBiasById) biases[Known(id, tokenizer)] = (float)bias;
        foreach (int id in banned) biases[id] = float.NegativeInfinity;
        return biases.All(float.IsNegativeInfinity)
            ? throw new InvalidOptionsException("BannedTokens names every token of the model. Ban fewer.", nameof(options.BannedTokens))
            : new TokenBias(biases);
    }

    public SamplingStepKind Kind => SamplingStepKind.TokenBias;

    public void Apply(Span<float> logits, RecentTokens recent) => TensorPrimitives.Add(logits, biases, logits);

    private static int Known(int id, Tokenizer tokenizer) => (uint)id < tokenizer.VocabularySize ? id : throw new InvalidOptionsException(
        $"{nameof(GenerationOptions.LogitBiasById)} names token {id}, but the ids of the model are 0 to {tokenizer.VocabularySize - 1}.",
        nameof(GenerationOptions.LogitBiasById));

    /// <summary>The tokens that a text stands for: a character, a byte, or a word with and without a leading space.</summary>
    private static int[] FindTokens(Tokenizer tokenizer, string text, string property)
    {
        int[] ids = tokenizer.FindTokens(tokenizer.Normalization.Apply(text));
        return ids.Length > 0 ? ids : throw new InvalidOptionsException(
            $"{property} names '{VisibleText.Of(text)}', which is not a token of the model. "
            + $"Name {tokenizer.TokenDescription} that it knows.",
            property);
    }
}

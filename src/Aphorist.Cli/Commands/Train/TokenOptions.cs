using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The options of `aphorist train` that say what the model's tokens are.</summary>
internal static class TokenOptions
{
    private const int EmbeddingOfWords = 128;

    private static readonly ChoiceOption<TokenizerKind> Tokenizer = new(
        "--tokenizer", "What the model reads and writes: characters (the default), words with the characters between them, or the bytes of UTF-8.",
        ("characters", TokenizerKind.Characters), ("words", TokenizerKind.Words), ("bytes", TokenizerKind.Bytes));

    private static readonly NumberOption<int> VocabularySize = NumberOptions.Whole(
        "--vocabulary-size", "The most tokens of a vocabulary of words; the rarest words fall out. 20000 by default.", 2, 1_000_000);

    private static readonly NumberOption<int> MinimumCount = NumberOptions.Whole(
        "--minimum-count", "How often a word must occur to be in a vocabulary of words. 2 by default; 1 keeps every word that there is room for.", 1);

    public static IEnumerable<Option> All => [Tokenizer, VocabularySize, MinimumCount];

    /// <summary>The choice of tokens with what a call changes in it.</summary>
    /// <exception cref="UsageException">The call speaks of words where the tokens are others.</exception>
    public static TokenizerOptions Change(TokenizerOptions options, ParseResult call)
    {
        TokenizerOptions changed = options with
        {
            Kind = Tokenizer.GetValue(call) ?? options.Kind,
            VocabularySize = VocabularySize.GetValue(call) ?? options.VocabularySize,
            MinimumCount = MinimumCount.GetValue(call) ?? options.MinimumCount,
        };
        if (changed.Kind == TokenizerKind.Words || (VocabularySize.GetValue(call) ?? MinimumCount.GetValue(call)) is null) return changed;
        string option = VocabularySize.GetValue(call) is null ? MinimumCount.Name : VocabularySize.Name;
        throw new UsageException($"{option} is for vocabularies of words: add --tokenizer words, or leave it out.");
    }

    /// <summary>The shape that a preset's model begins with: a preset without an embedding gets one for words, whose one-hot kernels would be too large.</summary>
    public static ModelSpec ShapeFor(TokenizerOptions options, ModelSpec preset) =>
        options.Kind == TokenizerKind.Words && preset.EmbeddingSize == 0 ? preset with { EmbeddingSize = EmbeddingOfWords } : preset;
}

namespace Aphorist;

/// <summary>Which tokenizer to make of a corpus.</summary>
public sealed record TokenizerOptions
{
    /// <summary>What the tokens are. Characters by default.</summary>
    public TokenizerKind Kind { get; init; }

    /// <summary>The most tokens of a vocabulary of words, at least 2; 20,000 by default. Other kinds do not look at it.</summary>
    public int VocabularySize { get; init; } = WordTokenizer.DefaultMaximumSize;

    /// <summary>How often a word must occur to be in a vocabulary of words, at least 1; 2 by default. Other kinds do not look at it.</summary>
    public int MinimumCount { get; init; } = WordTokenizer.DefaultMinimumCount;

    /// <summary>What the tokens of a tokenizer are.</summary>
    public static TokenizerKind GetKind(Tokenizer tokenizer) => tokenizer switch
    {
        WordTokenizer => TokenizerKind.Words,
        ByteTokenizer => TokenizerKind.Bytes,
        _ => TokenizerKind.Characters,
    };

    /// <summary>Makes the tokenizer of a corpus; the same corpus always gives the same one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is words and a number is below its least.</exception>
    public Tokenizer CreateTokenizer(Corpus corpus) => CreateTokenizer(corpus, progress: null, CancellationToken.None);

    /// <summary>Makes the tokenizer of a corpus, and tells how far the counting of its words has come.</summary>
    internal Tokenizer CreateTokenizer(Corpus corpus, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        return Kind switch
        {
            TokenizerKind.Words => WordTokenizer.MakeFor(corpus, VocabularySize, MinimumCount, progress, cancellationToken),
            TokenizerKind.Bytes => new ByteTokenizer(corpus.Normalization),
            _ => CharacterTokenizer.Create(corpus),
        };
    }
}

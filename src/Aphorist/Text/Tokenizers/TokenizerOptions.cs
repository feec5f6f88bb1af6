namespace Aphorist;

/// <summary>The kind of a tokenizer, and the limits of a vocabulary of words.</summary>
public sealed record TokenizerOptions
{
    /// <summary>What the tokens are. Characters by default.</summary>
    public TokenizerKind Kind { get; init; }

    /// <summary>The maximum number of tokens in a vocabulary of words, at least 2; 20,000 by default. Other kinds ignore it.</summary>
    public int VocabularySize { get; init; } = WordTokenizer.DefaultVocabularySize;

    /// <summary>How often a word must occur to be in a vocabulary of words, at least 1; 2 by default. Other kinds ignore it.</summary>
    public int MinimumCount { get; init; } = WordTokenizer.DefaultMinimumCount;

    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    internal void Validate()
    {
        if (!Enum.IsDefined(Kind))
            throw new InvalidOptionsException($"There is no kind of tokenizer with the number {(int)Kind}.", nameof(Kind));
        if (VocabularySize < 2)
            throw new InvalidOptionsException($"The vocabulary size is {VocabularySize}: it must be at least 2.", nameof(VocabularySize));
        if (MinimumCount < 1)
            throw new InvalidOptionsException($"The minimum count is {MinimumCount}: it must be at least 1.", nameof(MinimumCount));
    }
}

/// <summary>What the tokens of a tokenizer are.</summary>
public enum TokenizerKind
{
    /// <summary>The characters of a corpus: <see cref="CharacterTokenizer"/>.</summary>
    Characters,

    /// <summary>The words of a corpus and the characters between them: <see cref="WordTokenizer"/>.</summary>
    Words,

    /// <summary>The bytes of UTF-8: <see cref="ByteTokenizer"/>.</summary>
    Bytes,
}

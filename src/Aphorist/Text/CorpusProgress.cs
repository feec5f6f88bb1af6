namespace Aphorist;

/// <summary>The progress of work on a corpus.</summary>
/// <param name="Stage">The kind of work, which says what is counted.</param>
/// <param name="Name">The name of the corpus.</param>
/// <param name="Done">The amount done so far: bytes, characters or tokens.</param>
/// <param name="Total">The whole amount, in the same unit.</param>
public readonly record struct CorpusProgress(CorpusStage Stage, string Name, long Done, long Total);

/// <summary>The kinds of work on a corpus that report progress.</summary>
public enum CorpusStage
{
    /// <summary>A corpus of the catalog is downloaded, in bytes.</summary>
    Download,

    /// <summary>A text too large for memory is decoded and written to the cache, in bytes read.</summary>
    Cache,

    /// <summary>The words of a large text are counted for a <see cref="WordTokenizer"/>, in characters.</summary>
    CountWords,

    /// <summary>A large text is tokenized, in characters.</summary>
    Tokenize,

    /// <summary>A model reads a text, in tokens.</summary>
    Read,

    /// <summary>A large text is compared with other texts, in characters.</summary>
    Compare,
}

namespace Aphorist;

/// <summary>What is being done to a corpus.</summary>
public enum CorpusStage
{
    /// <summary>It is downloaded. Counted in bytes.</summary>
    Downloading,

    /// <summary>A large text is decoded, normalized and cached on disk. Counted in bytes.</summary>
    Caching,

    /// <summary>The words of a large text are counted for a vocabulary. Counted in characters.</summary>
    CountingWords,

    /// <summary>A large text is encoded as tokens. Counted in characters.</summary>
    Tokenizing,
}

/// <summary>How much of a corpus has been downloaded, cached or tokenized.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Name">The name of the corpus.</param>
/// <param name="Done">Bytes or characters done.</param>
/// <param name="Total">All of them.</param>
public readonly record struct CorpusProgress(CorpusStage Stage, string Name, long Done, long Total);

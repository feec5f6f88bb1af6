namespace Aphorist;

/// <summary>A corpus that can be had by name.</summary>
public sealed record CorpusEntry
{
    /// <summary>The name to ask for it by.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a few words.</summary>
    public required string Description { get; init; }

    /// <summary>The terms it comes under.</summary>
    public required string License { get; init; }

    /// <summary>Where it is downloaded from; null for one that is built in.</summary>
    public Uri? Uri { get; init; }

    /// <summary>The file's name, in the cache folder or in the library.</summary>
    public required string FileName { get; init; }

    /// <summary>The file's length in bytes.</summary>
    public required long ByteCount { get; init; }

    /// <summary>SHA-256 of the file's bytes, in lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Whether the library carries it, so that it needs no network.</summary>
    public bool IsBuiltIn => Uri is null;
}

namespace Aphorist;

/// <summary>How a corpus is read.</summary>
public sealed record CorpusOptions
{
    /// <summary>
    /// The name of the encoding, any that .NET knows (utf-8, windows-1252, gb18030, ...). Null, the default, reads UTF-8 or what a byte order
    /// mark says (UTF-8, UTF-16 or UTF-32); a name given here is taken at its word.
    /// </summary>
    public string? Encoding { get; init; }

    /// <summary>Whether every character is replaced by its invariant lower-case form. False by default.</summary>
    public bool Lowercase { get; init; }

    internal static CorpusOptions Default { get; } = new();

    internal TextNormalization Normalization => new(Lowercase);
}

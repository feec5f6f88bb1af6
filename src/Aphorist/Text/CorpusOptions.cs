namespace Aphorist;

/// <summary>How a corpus is opened: encoding, normalization, memory limit and folders.</summary>
public sealed record CorpusOptions
{
    /// <summary>
    /// The name of the encoding, any that .NET supports (utf-8, windows-1252, gb18030, ...). With null, the default, a byte order mark
    /// chooses UTF-8, UTF-16 or UTF-32, and a text without one is read as UTF-8. A named encoding is believed, also if the text has NUL
    /// characters. Only a text with the byte order mark of another encoding that is valid in that encoding is refused.
    /// </summary>
    public string? Encoding { get; init; }

    /// <summary>Whether the text becomes lower case, see <see cref="TextNormalization"/>. False by default.</summary>
    public bool Lowercase { get; init; }

    /// <summary>
    /// The largest size of files, in bytes, that are read into memory; 64 MiB by default. A larger corpus is decoded once and kept in
    /// <see cref="CacheFolder"/>, from where it is read in blocks. Standard input is always read into memory.
    /// </summary>
    public long MaxInMemoryBytes { get; init; } = 64L << 20;

    /// <summary>
    /// The folder for large corpora and their tokens. With null, the default, it is the folder that the environment variable
    /// <c>APHORIST_PREPARED</c> names, or else <c>aphorist/prepared</c> in the user's local application data. Files in it can be deleted at
    /// any time; they are created again when needed.
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>
    /// The largest total size, in bytes, of the files in <see cref="CacheFolder"/>; 20 GiB by default. When a new file exceeds it, the
    /// least recently used other files are deleted.
    /// </summary>
    public long MaxCacheBytes { get; init; } = 20L << 30;

    /// <summary>
    /// The folder for downloaded corpora of the catalog. With null, the default, it is the folder that the environment variable
    /// <c>APHORIST_CORPORA</c> names, or else <c>aphorist/corpora</c> in the user's local application data. A file that is already there
    /// under the entry's <see cref="CorpusEntry.FileName"/> is used.
    /// </summary>
    public string? DownloadFolder { get; init; }

    /// <summary>The stream that the source <c>-</c> reads; the standard input of the process if null, the default.</summary>
    public Stream? StandardInput { get; init; }

    internal static CorpusOptions Default { get; } = new();

    /// <summary>Answers requests instead of the network, for tests.</summary>
    internal HttpMessageHandler? HttpHandler { get; init; }

    /// <summary>The number of bytes of a large file that are read at a time, at least 4.</summary>
    internal int BlockLength { get; init; } = 1 << 18;

    /// <summary>
    /// Receives the word and the bytes of each source that can be read only once: standard input, pipes and devices.
    /// </summary>
    internal Action<string, ReadOnlyMemory<byte>>? InputRead { get; init; }

    internal TextNormalization Normalization => new(Lowercase);

    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    internal void Validate()
    {
        if (MaxInMemoryBytes < 0)
            throw new InvalidOptionsException("The memory limit of a corpus must be 0 bytes or more.", nameof(MaxInMemoryBytes));
        if (MaxCacheBytes < 0)
            throw new InvalidOptionsException("The size limit of the cache must be 0 bytes or more.", nameof(MaxCacheBytes));
    }
}

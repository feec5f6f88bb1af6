using System.Text.Json.Serialization;
using Aphorist.Text.Tokenizers;

namespace Aphorist.Text.Cache;

/// <summary>The description at the end of a cache file.</summary>
internal sealed record CacheFileDescription
{
    /// <summary>
    /// The format that this version writes. Files of other formats are created again, so it also changes with the rules of normalization.
    /// </summary>
    public const int CurrentFormat = 3;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>The name of the corpus.</summary>
    public required string Name { get; init; }

    /// <summary>The files of the corpus, in order.</summary>
    public required IReadOnlyList<CacheFileSource> Sources { get; init; }

    /// <summary>
    /// For each file, the number of characters before its text, or -1 if it has no text; empty in files of tokens and vocabularies.
    /// </summary>
    public IReadOnlyList<long> Starts { get; init; } = [];

    /// <summary>The requested encoding, or null for the default.</summary>
    public string? Encoding { get; init; }

    public required bool Lowercase { get; init; }

    /// <summary>What a user may want to know about how the files were decoded.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>
    /// The tokenizer whose ids the codes are, or how <see cref="Words"/> were chosen; null if the codes stand for <see cref="Characters"/>.
    /// </summary>
    public string? Tokenizer { get; init; }

    /// <summary>SHA-256 of the normalized text as UTF-8, in lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The number of codes.</summary>
    public required long Count { get; init; }

    /// <summary>Bytes in a code: 1, 2 or 4.</summary>
    public required int Width { get; init; }

    /// <summary>The characters that the codes 0, 1, ... stand for, in the order in which they first occur.</summary>
    public string Characters { get; init; } = "";

    /// <summary>The tokens of a word vocabulary. A file with a vocabulary has no codes.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>How the words are spelled that the vocabulary leaves out; null in files without a vocabulary.</summary>
    public SpellingCounts? Spelling { get; init; }
}

/// <summary>
/// A file of a corpus when it was cached. As long as its length and its time of modification are the same, so is its text.
/// </summary>
/// <param name="Path">The full path.</param>
/// <param name="Length">The length in bytes; 0 for a pipe or a device.</param>
/// <param name="Modified">The time of the last modification, in ticks of UTC.</param>
internal sealed record CacheFileSource(string Path, long Length, long Modified)
{
    /// <exception cref="CorpusException">The file's properties cannot be read.</exception>
    public static CacheFileSource Of(string path)
    {
        try
        {
            FileInfo file = new(path);
            // .NET gives the length and the time of a link itself. A link to an open pipe, such as /dev/stdin, has a target without a path.
            FileInfo target = file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
            return new(file.FullName, target.Exists ? target.Length : 0, target.LastWriteTimeUtc.Ticks);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CorpusException.Unreadable(path, exception);
        }
    }
}

/// <summary>The serializer of descriptions, generated at compile time so that trimming and AOT keep it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CacheFileDescription))]
internal sealed partial class CacheFileDescriptionContext : JsonSerializerContext;

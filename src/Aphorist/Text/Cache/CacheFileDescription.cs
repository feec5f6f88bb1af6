using System.Text.Json.Serialization;

namespace Aphorist.Text.Cache;

/// <summary>What a prepared file says of itself, behind its codes.</summary>
internal sealed record CacheFileDescription
{
    /// <summary>The format that this version writes; files of another are made anew.</summary>
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>What the corpus is called.</summary>
    public required string Name { get; init; }

    /// <summary>The files it was made of, in their order.</summary>
    public required IReadOnlyList<CacheFileSource> Sources { get; init; }

    /// <summary>The encoding that was asked for; null for the default.</summary>
    public string? Encoding { get; init; }

    public required bool Lowercase { get; init; }

    /// <summary>What the codes are the ids of, see <see cref="CachedTokenSequence"/>, or how <see cref="Words"/> were chosen; null where they stand for <see cref="Characters"/>.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>SHA-256 of the normalised text as UTF-8, in lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>How many codes there are.</summary>
    public required long Count { get; init; }

    /// <summary>Bytes of a code: 1, 2 or 4.</summary>
    public required int Width { get; init; }

    /// <summary>The characters that the codes 0, 1, ... stand for, in the order in which they first occur.</summary>
    public string Characters { get; init; } = "";

    /// <summary>The tokens of a vocabulary of words; a file that holds one has no codes.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}

/// <summary>The serializer of descriptions, generated when the library is compiled so that trimming and AOT keep it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CacheFileDescription))]
internal sealed partial class CacheFileDescriptionContext : JsonSerializerContext;

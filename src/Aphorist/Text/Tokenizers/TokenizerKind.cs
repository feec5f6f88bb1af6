namespace Aphorist;

/// <summary>What the tokens of a model are.</summary>
public enum TokenizerKind
{
    /// <summary>The characters of its corpus: <see cref="CharacterTokenizer"/>.</summary>
    Characters,

    /// <summary>The words of its corpus and the characters between them: <see cref="WordTokenizer"/>.</summary>
    Words,

    /// <summary>The bytes of UTF-8: <see cref="ByteTokenizer"/>.</summary>
    Bytes,
}

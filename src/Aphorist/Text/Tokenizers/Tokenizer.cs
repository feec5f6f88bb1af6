namespace Aphorist;

/// <summary>
/// Cuts a text into tokens, which are what a model reads and writes, and joins them again. A token's id is its place in the vocabulary.
/// Safe to use from several threads at once.
/// </summary>
public abstract class Tokenizer
{
    private protected Tokenizer()
    {
    }

    /// <summary>The number of different tokens; their ids run from 0 to one less.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>How a text is normalised before it is encoded.</summary>
    public abstract TextNormalization Normalization { get; }

    /// <summary>The ids of a text already normalised. <see cref="Decode"/> gives the text back, but for what became an unknown token.</summary>
    /// <exception cref="UnknownCharacterException">The text has a character that the vocabulary lacks and that no unknown token stands for.</exception>
    public abstract int[] Encode(string text);

    /// <summary>The ids of those parts of a text, already normalised, that the vocabulary has.</summary>
    /// <param name="text">The text.</param>
    /// <param name="unknown">The characters or words left out, each once, in the order in which they first occur.</param>
    public abstract int[] EncodeSkippingUnknown(string text, out IReadOnlyList<string> unknown);

    /// <summary>The text that these ids spell. It is well formed, whatever the ids.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public abstract string Decode(ReadOnlySpan<int> ids);

    /// <summary>Begins to decode a text whose ids come one by one.</summary>
    public abstract TokenDecoder CreateDecoder();

    /// <summary>
    /// How many characters (Unicode scalar values) these ids stand for: what a loss is divided by to give bits per character. An unknown
    /// word counts as one, since its length is lost. The ids may be any selection from a text's: where a character takes several tokens, the
    /// first one counts.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public abstract int CountCharacters(ReadOnlySpan<int> ids);

    /// <summary>A token as people can read it in a list: a space as <c>␣</c>, and what shows nothing as programmers write it, such as <c>\n</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public abstract string GetDisplayText(int id);
}

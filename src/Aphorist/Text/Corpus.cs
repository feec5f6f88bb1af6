namespace Aphorist.Text;

/// <summary>A text to learn from, decoded and normalised.</summary>
public sealed class Corpus
{
    private readonly Lazy<string> sha256;
    private (ITokenizer Tokenizer, TokenSequence Tokens)? encoded;

    private Corpus(string name, string text, TextNormalization normalization)
    {
        (Name, Text, Normalization) = (name, text, normalization);
        CharacterCount = ScalarValues.Count(text, name);
        sha256 = new(() => TextDigest.Sha256(text));
    }

    /// <summary>What the text is called: a catalogue name, or the file's name.</summary>
    public string Name { get; }

    /// <summary>The whole text, normalised. Well formed: it never holds half a surrogate pair.</summary>
    public string Text { get; }

    /// <summary>How the text was normalised.</summary>
    public TextNormalization Normalization { get; }

    /// <summary>The length in characters (Unicode scalar values).</summary>
    public long CharacterCount { get; }

    /// <summary>SHA-256 of the normalised text as UTF-8, in lower-case hexadecimal: what tells whether two runs read the same corpus.</summary>
    public string Sha256 => sha256.Value;

    /// <summary>Makes a corpus of a string.</summary>
    /// <exception cref="CorpusException">The string holds half a surrogate pair.</exception>
    public static Corpus FromText(string text, string name = "text", TextNormalization normalization = default) =>
        new(name, normalization.Apply(text), normalization);

    /// <summary>
    /// Reads files (in the order given), folders (every <c>*.txt</c> below them, sorted by path), globs (<c>*</c>, <c>?</c>, <c>**</c>) and
    /// <c>-</c>, standard input. Where a text does not end with a line feed, one separates it from the next.
    /// </summary>
    /// <param name="sources">Paths, globs or <c>-</c>; catalogue names are <see cref="CorpusSource"/>'s to resolve.</param>
    /// <param name="options">Encoding and lower-casing; UTF-8 as it is by default.</param>
    /// <param name="standardInput">What <c>-</c> reads; the process's standard input by default.</param>
    /// <exception cref="CorpusException">A source is missing, empty, binary, unreadable or in another encoding.</exception>
    public static Corpus Read(IEnumerable<string> sources, CorpusOptions? options = null, Stream? standardInput = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        CorpusReader reader = new(options ?? CorpusOptions.Default, standardInput);
        foreach (string source in sources) reader.Add(source);
        return reader.ToCorpus();
    }

    /// <summary>Reads one file, folder or glob, or <c>-</c> for standard input.</summary>
    /// <inheritdoc cref="Read(IEnumerable{string}, CorpusOptions?, Stream?)"/>
    public static Corpus Read(string source, CorpusOptions? options = null, Stream? standardInput = null) =>
        Read([source], options, standardInput);

    /// <summary>The whole text as tokens, which are kept: whoever asks next with the same tokenizer gets the same.</summary>
    /// <exception cref="UnknownCharacterException">The text has a character that the tokenizer does not know.</exception>
    internal TokenSequence TokensOf(ITokenizer tokenizer)
    {
        lock (sha256)
        {
            if (encoded?.Tokenizer != tokenizer) encoded = (tokenizer, TokenSequence.Compact(tokenizer.Encode(Text), tokenizer.Count));
            return encoded.Value.Tokens;
        }
    }

    internal static Corpus FromNormalizedText(string text, string name, TextNormalization normalization) => new(name, text, normalization);
}

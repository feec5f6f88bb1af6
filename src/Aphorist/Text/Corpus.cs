namespace Aphorist.Text;

/// <summary>A text to learn from, decoded and normalised.</summary>
public sealed class Corpus
{
    private Corpus(string name, string text, TextNormalization normalization) =>
        (Name, Text, Normalization) = (name, text, normalization);

    /// <summary>What the text is called: a catalogue name, or the file's name.</summary>
    public string Name { get; }

    /// <summary>The whole text, normalised.</summary>
    public string Text { get; }

    /// <summary>How the text was normalised.</summary>
    public TextNormalization Normalization { get; }

    /// <summary>The length in characters (Unicode scalar values).</summary>
    public int CharacterCount => Text.EnumerateRunes().Count();

    /// <summary>SHA-256 of the normalised text as UTF-8, in lower-case hexadecimal: what tells whether two runs read the same corpus.</summary>
    public string Sha256 => throw new NotImplementedException();

    /// <summary>Makes a corpus of a string.</summary>
    public static Corpus FromText(string text, string name = "text", TextNormalization normalization = default) =>
        new(name, normalization.Apply(text), normalization);
}

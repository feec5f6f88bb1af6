namespace Aphorist;

/// <summary>Turns ids into text one by one, as a model writes them. For one text at a time.</summary>
public abstract class TokenDecoder
{
    /// <summary>
    /// Takes the next id and returns the text that it completes: whole characters, or nothing while one still lacks bytes. What all ids
    /// return, followed by <see cref="Flush"/>, is what <see cref="Tokenizer.Decode"/> makes of them together.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public abstract string Append(int id);

    /// <summary>Ends the text and returns what it still lacked: U+FFFD where the ids end within a character, else nothing. Another text may follow.</summary>
    public abstract string Flush();
}

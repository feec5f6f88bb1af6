namespace Aphorist;

/// <summary>Decodes the ids of one text at a time as they are generated.</summary>
public abstract class TokenDecoder
{
    private protected TokenDecoder()
    {
    }

    /// <summary>
    /// Appends an id and returns the text that it completes: whole characters, or nothing while bytes of a character are missing. All
    /// results joined, with that of <see cref="Flush"/> at the end, are what <see cref="Tokenizer.Decode"/> returns for all ids together.
    /// </summary>
    /// <param name="id">The id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public abstract string Append(int id);

    /// <summary>
    /// Ends the text and returns its rest: U+FFFD if the ids end within a character, else nothing. The decoder can then be used for another
    /// text.
    /// </summary>
    public abstract string Flush();
}

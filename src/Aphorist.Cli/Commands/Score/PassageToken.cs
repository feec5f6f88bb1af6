namespace Aphorist.Cli.Commands.Score;

/// <summary>A token as the search for passages sees it.</summary>
/// <param name="Text">What it adds to the text.</param>
/// <param name="Bits">Its surprise.</param>
/// <param name="Characters">The characters it stands for; a byte that goes on with a character has none.</param>
/// <param name="MayBegin">Whether a passage may begin with it.</param>
/// <param name="MayEnd">Whether a passage may end before it.</param>
internal readonly record struct PassageToken(string Text, double Bits, int Characters, bool MayBegin, bool MayEnd)
{
    // From here on are the scripts that put no spaces between words.
    private const char FirstIdeographic = '\u2E80';

    /// <summary>Takes a token that follows a text.</summary>
    /// <param name="token">The token.</param>
    /// <param name="characters">The characters it stands for.</param>
    /// <param name="before">The last unit of the text before.</param>
    public static PassageToken Of(ScoredToken token, int characters, char before)
    {
        char first = token.Text.Length > 0 ? token.Text[0] : '\uFFFD';
        bool isWhite = char.IsWhiteSpace(first), hasOwnSpace = isWhite && token.Text.Length > 1;
        bool begins = hasOwnSpace || (!isWhite && (char.IsWhiteSpace(before) || (before >= FirstIdeographic && !char.IsPunctuation(first))));
        return new(token.Text, token.Bits, characters, begins && characters > 0, (begins || isWhite) && characters > 0);
    }
}

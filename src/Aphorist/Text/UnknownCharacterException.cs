using System.Text;

namespace Aphorist;

/// <summary>A text holds a character that the vocabulary lacks.</summary>
public sealed class UnknownCharacterException : AphoristException
{
    /// <summary>Names the character that is unknown.</summary>
    /// <param name="character">The character.</param>
    /// <param name="position">How many characters of the text come before it; -1, the default, where that is not known.</param>
    public UnknownCharacterException(Rune character, long position = -1)
        : base($"The model does not know {CharacterName.Of(character)}{(position < 0 ? "" : $", character {position + 1} of the text")}: " +
            "no such character was in its corpus, so leave it out or replace it.") => (Character, Position) = (character, position);

    /// <summary>The character that the vocabulary lacks.</summary>
    public Rune Character { get; }

    /// <summary>How many characters of the text come before it, or -1 where that is not known.</summary>
    public long Position { get; }
}

using System.Text;
using Aphorist.Text;

namespace Aphorist;

/// <summary>A text contains a character that is not in the vocabulary.</summary>
public sealed class UnknownCharacterException : AphoristException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="character">The unknown character.</param>
    /// <param name="position">The number of characters before it in the text, or -1, the default, if that is not known.</param>
    public UnknownCharacterException(Rune character, long position = -1)
        : base($"The model does not know {CharacterName.Of(character)}{(position < 0 ? "" : $", character {position + 1} of the text")}: " +
            "it does not occur in the training text. Leave it out or replace it.") => (Character, Position) = (character, position);

    /// <summary>The unknown character.</summary>
    public Rune Character { get; }

    /// <summary>The number of characters (Unicode scalar values) before it in the text, or -1 if that is not known.</summary>
    public long Position { get; }
}

/// <summary>What happens to the parts of a text that a vocabulary lacks.</summary>
public enum UnknownCharacterPolicy
{
    /// <summary>
    /// A character that is not in the vocabulary is an error, <see cref="UnknownCharacterException"/>. An unknown word becomes the unknown
    /// token.
    /// </summary>
    Error,

    /// <summary>Unknown characters and words are left out.</summary>
    Skip,
}

using System.Text;

namespace Aphorist.Text;

/// <summary>A text holds a character that the vocabulary lacks.</summary>
public sealed class UnknownCharacterException : Exception
{
    /// <summary>Names the character that is unknown.</summary>
    public UnknownCharacterException(Rune character)
        : base($"The model does not know the character '{character}' (U+{character.Value:X4}).") => Character = character;

    /// <summary>The character that the vocabulary lacks.</summary>
    public Rune Character { get; }
}

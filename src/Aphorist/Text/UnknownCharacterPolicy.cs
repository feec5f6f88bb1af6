namespace Aphorist;

/// <summary>What to do with characters or words of a text that the model's vocabulary lacks.</summary>
public enum UnknownCharacterPolicy
{
    /// <summary>An unknown character throws <see cref="UnknownCharacterException"/>. An unknown word becomes the unknown token.</summary>
    Error,

    /// <summary>Unknown characters and words are left out.</summary>
    Skip,
}

namespace Aphorist;

/// <summary>What to do with a character that is not in the vocabulary.</summary>
public enum UnknownCharacterPolicy
{
    /// <summary>Throw an <see cref="UnknownCharacterException"/>.</summary>
    Error,

    /// <summary>Skip it.</summary>
    Skip,
}

namespace Aphorist;

/// <summary>How far the preparation of a large text has come.</summary>
/// <param name="Name">What the text is called.</param>
/// <param name="Done">Bytes read so far, or characters of a text that is being cut into tokens.</param>
/// <param name="Total">All of them.</param>
public readonly record struct PreparationProgress(string Name, long Done, long Total);

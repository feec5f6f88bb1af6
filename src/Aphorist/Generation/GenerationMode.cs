namespace Aphorist.Generation;

/// <summary>What the model remembers while it writes.</summary>
public enum GenerationMode
{
    /// <summary>The state is carried from character to character: one step each, and the memory has no fixed end.</summary>
    Stateful,

    /// <summary>Each character is predicted from a zero state over the last window of characters, as the notebook does.</summary>
    Window,
}

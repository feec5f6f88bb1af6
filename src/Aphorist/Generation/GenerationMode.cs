namespace Aphorist;

/// <summary>What the model remembers while it writes.</summary>
public enum GenerationMode
{
    /// <summary>The state is carried from token to token: one step each, and the memory has no fixed end.</summary>
    Stateful,

    /// <summary>Each token is predicted from a zero state over the last window of tokens, as the notebook does.</summary>
    Window,
}

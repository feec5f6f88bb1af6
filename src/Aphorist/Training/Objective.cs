namespace Aphorist.Training;

/// <summary>What a model is asked while it learns.</summary>
public enum Objective
{
    /// <summary>The notebook's: to predict the character after each window of the text, every window read from a zero state.</summary>
    Windows,

    /// <summary>char-rnn's: to predict every next character of some places in the text that are read on and on, the state carried from batch to batch and gradients cut off between batches.</summary>
    Stream,
}

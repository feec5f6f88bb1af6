namespace Aphorist.Interop;

/// <summary>What an ONNX graph of a model reads and gives. Everywhere, <c>ids</c> are whole numbers of 64 bits, <c>batch</c> and <c>length</c> are free, and V is the vocabulary's size.</summary>
public enum OnnxGraphKind
{
    /// <summary><c>ids</c> [batch, length] to <c>probabilities</c> [batch, V] of the token after the last. The texts begin from a zero state.</summary>
    Window,

    /// <summary><c>ids</c> [batch, length] to <c>probabilities</c> [batch, length, V] of the token after each: for measuring how well a text is predicted.</summary>
    Positions,

    /// <summary>
    /// <c>ids</c> [batch] and what the layers remember, to <c>probabilities</c> [batch, V] and what they remember then: for writing token by token. Every input but <c>ids</c> has an
    /// output called <c>next_</c> and its name, which is what goes in with the next token; zeros go in with the first.
    /// </summary>
    Step,
}

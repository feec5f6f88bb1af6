using Aphorist.Model;

namespace Aphorist.Generation;

/// <summary>Writes with a model.</summary>
public sealed class TextGenerator
{
    /// <summary>Prepares to write.</summary>
    /// <param name="model">The model. It is read at every step, so it may go on training in between.</param>
    /// <param name="mode">What the model remembers. Stateful by default.</param>
    /// <param name="threads">Threads for window mode; 0, the default, takes one for each processor. The text does not depend on it.</param>
    public TextGenerator(LanguageModel model, GenerationMode mode = GenerationMode.Stateful, int threads = 0) =>
        throw new NotImplementedException();

    /// <summary>Continues a prompt and returns the new text, without the prompt.</summary>
    /// <param name="prompt">Any length; normalised as the model's corpus was. An empty one starts from a zero state.</param>
    /// <param name="length">Characters to write.</param>
    /// <param name="options">How to choose them.</param>
    /// <exception cref="Text.UnknownCharacterException">The prompt has a character the model does not know.</exception>
    public string Complete(string prompt, int length, SamplingOptions? options = null) => throw new NotImplementedException();

    /// <summary>Continues a prompt, one character at a time, without end: take as many as you want.</summary>
    public IEnumerable<System.Text.Rune> Stream(string prompt, SamplingOptions? options = null) => throw new NotImplementedException();
}

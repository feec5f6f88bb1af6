using System.Text;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Generation;

/// <summary>Writes with a model. One text at a time; make one generator for each thread that writes.</summary>
public sealed class TextGenerator : IDisposable
{
    private readonly LanguageModel model;
    private readonly NetworkWeights weights;
    private readonly Workers? workers;

    /// <summary>Prepares to write.</summary>
    /// <param name="model">The model. Its parameters are read whenever a text is begun, so it may go on training in between.</param>
    /// <param name="mode">What the model remembers. Stateful by default.</param>
    /// <param name="threads">Threads for window mode; 0, the default, takes one for each processor. The text does not depend on it.</param>
    public TextGenerator(LanguageModel model, GenerationMode mode = GenerationMode.Stateful, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        this.model = model;
        weights = new NetworkWeights(model, InstructionSet.Current);
        if (mode == GenerationMode.Window) workers = new Workers(threads);
    }

    /// <summary>Continues a prompt and returns the new text, without the prompt.</summary>
    /// <param name="prompt">Any length; normalised as the model's corpus was. An empty one starts from a zero state.</param>
    /// <param name="length">Characters to write.</param>
    /// <param name="options">How to choose them.</param>
    /// <exception cref="UnknownCharacterException">The prompt has a character the model does not know.</exception>
    public string Complete(string prompt, int length, SamplingOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        StringBuilder text = new(length);
        foreach (Rune character in Stream(prompt, options).Take(length)) text.Append(character);
        return text.ToString();
    }

    /// <summary>Continues a prompt, one character at a time, without end: take as many as you want.</summary>
    /// <param name="prompt">As in <see cref="Complete"/>.</param>
    /// <param name="options">How to choose the characters.</param>
    /// <exception cref="UnknownCharacterException">The prompt has a character the model does not know.</exception>
    public IEnumerable<Rune> Stream(string prompt, SamplingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        int[] ids = model.Vocabulary.Encode(model.Vocabulary.Normalization.Apply(prompt));
        return Write(ids, options ?? new SamplingOptions());
    }

    /// <summary>Ends the threads of window mode.</summary>
    public void Dispose() => workers?.Dispose();

    private IEnumerable<Rune> Write(int[] prompt, SamplingOptions options)
    {
        weights.Refresh();
        Predictor predictor = workers is null
            ? new StatefulPredictor(weights)
            : new WindowPredictor(weights, workers);
        // Of a long prompt, window mode never sees more than the last window.
        foreach (int id in workers is null ? prompt : prompt.TakeLast(model.Spec.Window)) predictor.Read(id);
        Sampler sampler = new(options, model.Vocabulary.Count);
        while (true)
        {
            int next = sampler.Choose(predictor.Predict());
            yield return model.Vocabulary[next];
            predictor.Read(next);
        }
    }
}

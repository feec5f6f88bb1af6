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
    /// <param name="length">Tokens to write: characters, words and what is between them, or bytes, as the model's tokenizer has them.</param>
    /// <param name="options">How to choose them.</param>
    /// <exception cref="UnknownCharacterException">The prompt has a character the model does not know.</exception>
    /// <exception cref="ArgumentException">The states of a whole window are more than arrays hold, in window mode.</exception>
    public string Complete(string prompt, int length, SamplingOptions? options = null) => string.Concat(Stream(prompt, options, length));

    /// <summary>Continues a prompt and returns the new text piece by piece, as it is written. All pieces joined are what <see cref="Complete"/> returns.</summary>
    /// <param name="prompt">As in <see cref="Complete"/>.</param>
    /// <param name="options">How to choose the tokens.</param>
    /// <param name="length">Tokens to write; null, the default, to write without end: take as many pieces as you want.</param>
    /// <returns>A piece for each token. Only bytes share one: several may make a character, and a piece is never less than one.</returns>
    /// <exception cref="UnknownCharacterException">The prompt has a character the model does not know.</exception>
    /// <exception cref="ArgumentException">As in <see cref="Complete"/>.</exception>
    public IEnumerable<string> Stream(string prompt, SamplingOptions? options = null, int? length = null)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfNegative(length ?? 0, nameof(length));
        int[] ids = model.Tokenizer.Encode(model.Tokenizer.Normalization.Apply(prompt));
        return Read(Write(ids, options ?? new SamplingOptions()), length);
    }

    /// <summary>Ends the threads of window mode.</summary>
    public void Dispose() => workers?.Dispose();

    /// <summary>The text of the first ids of a sequence, as they complete it.</summary>
    private IEnumerable<string> Read(IEnumerable<int> ids, int? length)
    {
        TokenDecoder decoder = model.Tokenizer.CreateDecoder();
        foreach (int id in length is int count ? ids.Take(count) : ids)
        {
            if (decoder.Add(id) is { Length: > 0 } piece) yield return piece;
        }

        if (decoder.Finish() is { Length: > 0 } rest) yield return rest;
    }

    private IEnumerable<int> Write(int[] prompt, SamplingOptions options)
    {
        weights.Refresh();
        Predictor predictor = workers is null
            ? new StatefulPredictor(weights)
            : new WindowPredictor(weights, workers);
        // Of a long prompt, window mode never sees more than the last window.
        foreach (int id in workers is null ? prompt : prompt.TakeLast(model.Spec.Window)) predictor.Read(id);
        Sampler sampler = new(options, model.Tokenizer.Count) { First = model.Tokenizer is WordTokenizer ? WordTokenizer.UnknownId + 1 : 0 };
        while (true)
        {
            int next = sampler.Choose(predictor.Predict());
            yield return next;
            predictor.Read(next);
        }
    }
}

using System.Runtime.CompilerServices;
using Aphorist.Generation;
using Aphorist.Generation.Sampling;
using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist;

/// <summary>Writes with a model. Safe to use from several threads at once: each text, and each session, has a state of its own.</summary>
/// <remarks>The parameters are those that the model has when the generator is made; after more training, make another one.</remarks>
public sealed class TextGenerator
{
    private readonly LanguageModel model;
    private readonly PackedWeights weights;
    private readonly GenerationMode mode;
    private readonly int threads;

    /// <summary>Prepares to write.</summary>
    /// <param name="model">The model.</param>
    /// <param name="mode">What the model remembers. Stateful by default.</param>
    /// <param name="threads">Threads for window mode and for many texts; 0, the default, takes one for each processor. No text depends on it.</param>
    public TextGenerator(LanguageModel model, GenerationMode mode = GenerationMode.Stateful, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        (this.model, this.mode, this.threads) = (model, mode, threads);
        weights = new PackedWeights(model, InstructionSet.Current);
        weights.Refresh();
    }

    /// <summary>What cuts texts into the model's tokens.</summary>
    internal Tokenizer Tokenizer => model.Tokenizer;

    /// <summary>Continues a prompt and returns the new text, without the prompt.</summary>
    /// <param name="prompt">Any length; normalised as the model's corpus was. An empty one starts from a zero state.</param>
    /// <param name="length">Tokens to write: characters, words and what is between them, or bytes, as the model's tokenizer has them.</param>
    /// <param name="sampling">How to choose them; with the model's own probabilities by default.</param>
    /// <param name="stop">Where the text ends before; nowhere by default.</param>
    /// <exception cref="UnknownCharacterException">The prompt has a character the model does not know.</exception>
    /// <exception cref="ArgumentException">The options do not fit the model, or in window mode the states of a whole window are more than arrays hold.</exception>
    public string Generate(string prompt, int length, SamplingOptions? sampling = null, StopOptions? stop = null) =>
        string.Concat(Stream(prompt, sampling, length, stop));

    /// <summary>Continues a prompt and returns the new text piece by piece, as it is written. All pieces joined are what <see cref="Generate"/> returns.</summary>
    /// <param name="prompt">As in <see cref="Generate"/>.</param>
    /// <param name="sampling">How to choose the tokens.</param>
    /// <param name="length">Tokens to write; null, the default, to write without end: take as many pieces as you want.</param>
    /// <param name="stop">Where the text ends before.</param>
    /// <returns>A piece for each token. Only bytes share one: several may make a character, and a piece is never less than one. What may be the beginning of a stop text waits for the next.</returns>
    /// <exception cref="UnknownCharacterException">The prompt has a character the model does not know.</exception>
    /// <exception cref="ArgumentException">As in <see cref="Generate"/>.</exception>
    public IEnumerable<string> Stream(string prompt, SamplingOptions? sampling = null, int? length = null, StopOptions? stop = null) =>
        Write(Encode(prompt), CompiledRequest.Of(model.Tokenizer, sampling, length, stop));

    /// <summary>As <see cref="Stream"/>, but tells of each token how likely it was and what might have come instead.</summary>
    /// <param name="prompt">As in <see cref="Stream"/>; its tokens are not explained.</param>
    /// <param name="sampling">As in <see cref="Stream"/>.</param>
    /// <param name="length">As in <see cref="Stream"/>.</param>
    /// <param name="stop">As in <see cref="Stream"/>. A token of which only a beginning belongs to the text has only that as its text, and those that are wholly in the stop text are left out.</param>
    /// <param name="alternatives">How many of the likeliest tokens to name for each: 0 or more. 5 by default.</param>
    /// <returns>The tokens; their texts joined are what <see cref="Generate"/> returns. Each comes once the one after it is chosen.</returns>
    /// <inheritdoc cref="Stream"/>
    public IEnumerable<ScoredToken> Explain(
        string prompt, SamplingOptions? sampling = null, int? length = null, StopOptions? stop = null, int alternatives = 5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(alternatives);
        int[] ids = Encode(prompt);
        CompiledRequest plan = CompiledRequest.Of(model.Tokenizer, sampling, length, stop);
        return Explained(alternatives, most: long.MaxValue, chosen => Write(ids, plan, chosen));
    }

    /// <summary>Reads a text and tells of each token how surprising it was, the first one too.</summary>
    /// <param name="text">Normalised as the model's corpus was; it and what is told of it must fit into memory.</param>
    /// <param name="alternatives">How many of the likeliest tokens to name for each: 0 or more. 5 by default.</param>
    /// <exception cref="UnknownCharacterException">The text has a character the model does not know.</exception>
    /// <exception cref="ArgumentException">The text is empty, or in window mode the states of a whole window are more than arrays hold.</exception>
    public TextScore Score(string text, int alternatives = 5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(alternatives);
        int[] ids = Encode(text);
        return ids.Length > 0
            ? new TextScore([.. Score(ids, alternatives)], model.Tokenizer.CountCharacters(ids))
            : throw new ArgumentException("The text is empty, so there is nothing to score: give one of at least one character.");
    }

    /// <summary>Reads tokens, however many, and explains each.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="alternatives">How many of the likeliest to name for each.</param>
    /// <param name="most">For how many tokens at most.</param>
    internal IEnumerable<ScoredToken> Score(IEnumerable<int> ids, int alternatives, long most = long.MaxValue) =>
        Explained(alternatives, most, read => Read(ids, read));

    /// <summary>As <see cref="Stream"/>, but the work is done on other threads, so that the caller's stays free.</summary>
    /// <param name="prompt">As in <see cref="Stream"/>.</param>
    /// <param name="sampling">As in <see cref="Stream"/>.</param>
    /// <param name="length">As in <see cref="Stream"/>.</param>
    /// <param name="stop">As in <see cref="Stream"/>.</param>
    /// <param name="cancellationToken">Stops the text between two tokens.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <inheritdoc cref="Stream"/>
    public IAsyncEnumerable<string> StreamAsync(
        string prompt, SamplingOptions? sampling = null, int? length = null, StopOptions? stop = null, CancellationToken cancellationToken = default) =>
        Asynchronously(Stream(prompt, sampling, length, stop), cancellationToken);

    /// <summary>Continues many prompts at the same time, which takes a fraction of the time of one after the other. They are read, and the texts returned, as they are wanted.</summary>
    /// <param name="prompts">The prompts, as in <see cref="Generate"/>; the same one over and over, or without end, is fine.</param>
    /// <param name="length">As in <see cref="Generate"/>.</param>
    /// <param name="sampling">As in <see cref="Generate"/>; the text of prompt n, counted from 0, is chosen with the seed plus n, and is the one that <see cref="Generate"/> writes with it.</param>
    /// <param name="stop">As in <see cref="Generate"/>.</param>
    /// <param name="cancellationToken">Stops the texts between two tokens.</param>
    /// <returns>The new texts, in the order of the prompts.</returns>
    /// <exception cref="OperationCanceledException">They were stopped.</exception>
    /// <inheritdoc cref="Generate"/>
    public IEnumerable<string> GenerateBatch(
        IEnumerable<string> prompts, int length, SamplingOptions? sampling = null, StopOptions? stop = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        CompiledRequest plan = CompiledRequest.Of(model.Tokenizer, sampling, length, stop);
        return mode == GenerationMode.Window
            ? OneByOne(prompts, length, sampling ?? SamplingOptions.Default, stop, cancellationToken)
            : InBatches(prompts, plan, cancellationToken);
    }

    /// <summary>The texts that are likeliest as a whole, by beam search, from a carried state.</summary>
    /// <param name="prompt">As in <see cref="Generate"/>.</param>
    /// <param name="length">Tokens to write at most.</param>
    /// <param name="options">How widely to search, and what to prefer.</param>
    /// <param name="stop">As in <see cref="Generate"/>.</param>
    /// <param name="cancellationToken">Stops the search between two tokens.</param>
    /// <returns>The best texts found, the best one first.</returns>
    /// <exception cref="OperationCanceledException">The search was stopped.</exception>
    /// <inheritdoc cref="Generate"/>
    public IReadOnlyList<BeamResult> BeamSearch(string prompt, int length, BeamOptions? options = null, StopOptions? stop = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new BeamSearch(weights, options ?? new BeamOptions(), stop ?? StopOptions.Never, length).Run(Encode(prompt), cancellationToken);
    }

    /// <summary>Begins a text of which every step is yours to take.</summary>
    /// <param name="sampling">How it chooses its tokens.</param>
    /// <exception cref="ArgumentException">As in <see cref="Generate"/>.</exception>
    public GenerationSession CreateSession(SamplingOptions? sampling = null)
    {
        SamplerChain plan = new(sampling ?? SamplingOptions.Default, model.Tokenizer);
        return new(model.Tokenizer, CreatePredictor(), new Sampler(plan), new SamplerState(plan));
    }

    private Predictor CreatePredictor() => mode == GenerationMode.Window ? new WindowPredictor(weights, threads) : new StatefulPredictor(weights);

    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="plan">What is asked of the text.</param>
    /// <param name="chosen">Hears of each token chosen, with the logits [V] of the model that it was chosen by.</param>
    private IEnumerable<string> Write(int[] prompt, CompiledRequest plan, Action<int, ReadOnlySpan<float>>? chosen = null)
    {
        using Predictor predictor = CreatePredictor();
        Sampler sampler = new(plan.Sampling);
        SamplerState sampled = new(plan.Sampling);
        TextAssembler written = new(model.Tokenizer, plan);
        // Of a long prompt, window mode never sees more than the last window.
        foreach (int id in mode == GenerationMode.Window ? prompt.TakeLast(model.Spec.Window) : prompt) predictor.Read(id);
        foreach (int id in prompt) sampled.Read(id);
        while (!written.IsOver)
        {
            int id = ChooseNext(predictor.Predict());
            sampled.Sample(id);
            if (written.Append(id) is { Length: > 0 } piece) yield return piece;
            if (!written.IsOver) predictor.Read(id);
        }

        if (written.Finish() is { Length: > 0 } rest) yield return rest;

        int ChooseNext(ReadOnlySpan<float> logits)
        {
            int id = written.Choose(sampler, sampled, logits);
            chosen?.Invoke(id, logits);
            return id;
        }
    }

    private IEnumerable<string> Read(IEnumerable<int> ids, Action<int, ReadOnlySpan<float>> read)
    {
        using Predictor predictor = CreatePredictor();
        TokenDecoder decoder = model.Tokenizer.CreateDecoder();
        foreach (int id in ids)
        {
            read(id, predictor.Predict());
            predictor.Read(id);
            yield return decoder.Append(id);
        }

        yield return decoder.Flush();
    }

    /// <summary>Explains the tokens of a text, anew whenever it is asked for.</summary>
    private IEnumerable<ScoredToken> Explained(int alternatives, long most, Func<Action<int, ReadOnlySpan<float>>, IEnumerable<string>> read)
    {
        ExplainedText explained = new(model.Tokenizer, alternatives, most);
        foreach (ScoredToken token in explained.TokensOf(read(explained.Add))) yield return token;
    }

    private int[] Encode(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return model.Tokenizer.Encode(model.Tokenizer.Normalization.Apply(prompt));
    }

    private static async IAsyncEnumerable<string> Asynchronously(IEnumerable<string> pieces, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using IEnumerator<string> piece = pieces.GetEnumerator();
        while (await Task.Run(piece.MoveNext, cancellationToken).ConfigureAwait(false)) yield return piece.Current;
    }

    private IEnumerable<string> InBatches(IEnumerable<string> prompts, CompiledRequest plan, CancellationToken cancellationToken)
    {
        using TextBatch batch = new(weights, threads, plan);
        foreach (string text in batch.Write(prompts, cancellationToken)) yield return text;
    }

    private IEnumerable<string> OneByOne(IEnumerable<string> prompts, int length, SamplingOptions sampling, StopOptions? stop, CancellationToken cancellationToken)
    {
        ulong number = 0;
        foreach (string prompt in prompts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Generate(prompt, length, sampling with { Seed = sampling.Seed + number++ }, stop);
        }
    }
}

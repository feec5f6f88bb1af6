using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aphorist.Generation;
using Aphorist.Generation.Sampling;
using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist;

/// <summary>How much of the text a model sees when it predicts the next token.</summary>
public enum GenerationMode
{
    /// <summary>The state of the model is carried from token to token: one step per token, and memory without a fixed limit.</summary>
    Stateful,

    /// <summary>Each token is predicted from a zero state over the last <see cref="ModelSpec.Window"/> tokens, as the notebook does.</summary>
    Window,
}

/// <summary>Generates and scores text with a model. Safe to use from several threads at once.</summary>
/// <remarks>
/// A generator uses the parameters that the model has when the generator is created. After more training, create another one.
/// The options and prompts of a call are checked when the method is called; streams and batches then generate while they are enumerated.
/// </remarks>
public sealed class TextGenerator
{
    // The texts that GenerateUnique generates without finding a new one before it gives up.
    private const int MaxRepeats = 20_000;

    // The pieces that StreamAsync generates ahead of its reader.
    private const int MaxPiecesAhead = 64;

    private readonly LanguageModel model;
    private readonly PackedWeights weights;
    private readonly GenerationMode mode;
    private readonly int threads;

    /// <summary>Creates a generator.</summary>
    /// <param name="model">The model.</param>
    /// <param name="mode">How much of the text the model sees. Stateful by default.</param>
    /// <param name="threads">
    /// The number of threads for window mode and for batches: 1 or more, or 0, the default, for one per processor. Texts do not depend on it.
    /// </param>
    public TextGenerator(LanguageModel model, GenerationMode mode = GenerationMode.Stateful, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        (this.model, this.mode, this.threads) = (model, mode, threads);
        weights = new PackedWeights(model, InstructionSet.Current);
        weights.Refresh();
    }

    /// <summary>Gets the tokenizer of the model.</summary>
    public Tokenizer Tokenizer => model.Tokenizer;

    /// <summary>Continues a prompt and returns the new text, without the prompt.</summary>
    /// <param name="prompt">
    /// The text to continue, of any length; it is normalized like the model's corpus. After an empty prompt, the model starts from a zero state.
    /// </param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the generation between two tokens.</param>
    /// <exception cref="InvalidOptionsException">The options do not fit the model or contradict each other.</exception>
    /// <exception cref="UnknownCharacterException">The prompt has a character that the model does not know.</exception>
    /// <exception cref="ArgumentException">In window mode: the window of the model is too long for the states to fit into arrays.</exception>
    /// <exception cref="OperationCanceledException">The generation was canceled.</exception>
    public string Generate(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        CompiledOptions compiled = Compile(options).EnsureLimited();
        return string.Concat(Write(Encode(prompt, compiled), compiled, cancellationToken));
    }

    /// <summary>Continues a prompt on a thread pool thread and returns the new text, without the prompt.</summary>
    /// <inheritdoc cref="Generate"/>
    public Task<string> GenerateAsync(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        CompiledOptions compiled = Compile(options).EnsureLimited();
        int[] ids = Encode(prompt, compiled);
        return Task.Run(() => string.Concat(Write(ids, compiled, cancellationToken)), cancellationToken);
    }

    /// <summary>Continues a prompt and returns the new text piece by piece, while it is generated.</summary>
    /// <returns>
    /// The pieces; together they are the text that <see cref="Generate"/> returns. Usually there is one piece per token. The bytes of one
    /// character form one piece, and text that may be the start of a stop sequence is held back until that is clear. If
    /// <see cref="GenerationOptions.MaxTokens"/> is null, the sequence may be endless.
    /// </returns>
    /// <inheritdoc cref="Generate"/>
    public IEnumerable<string> Stream(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        CompiledOptions compiled = Compile(options);
        return Write(Encode(prompt, compiled), compiled, cancellationToken);
    }

    /// <summary>
    /// Continues a prompt on a thread pool thread and returns the new text piece by piece. Generation runs up to 64 pieces ahead of the reader,
    /// and stops when the reader stops.
    /// </summary>
    /// <inheritdoc cref="Stream"/>
    public IAsyncEnumerable<string> StreamAsync(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        CompiledOptions compiled = Compile(options);
        int[] ids = Encode(prompt, compiled);
        return ProduceAsync(token => Write(ids, compiled, token), cancellationToken);
    }

    /// <summary>Continues a prompt and returns each new token with its probability and the most likely alternatives.</summary>
    /// <param name="prompt">The text to continue, as in <see cref="Generate"/>. Its tokens are not returned.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="alternatives">The number of most likely tokens to return with each token: 0 or more. 5 by default.</param>
    /// <param name="cancellationToken">Stops the generation between two tokens.</param>
    /// <returns>
    /// The tokens; their texts joined are the text that <see cref="Generate"/> returns. A token that a stop sequence cuts short has only its
    /// first part as text, and tokens that lie within the stop sequence are left out.
    /// </returns>
    /// <inheritdoc cref="Generate"/>
    public IEnumerable<ScoredToken> StreamTokens(
        string prompt, GenerationOptions? options = null, int alternatives = 5, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(alternatives);
        CompiledOptions compiled = Compile(options);
        int[] ids = Encode(prompt, compiled);
        return Explained(alternatives, long.MaxValue, chosen => Write(ids, compiled, cancellationToken, chosen));
    }

    /// <summary>
    /// Continues many prompts at the same time, which is several times faster than one after the other. Prompts are read, and texts generated,
    /// while the result is enumerated.
    /// </summary>
    /// <param name="prompts">The prompts, as in <see cref="Generate"/>. The sequence may repeat a prompt and may be endless.</param>
    /// <param name="options">
    /// The options; null for the defaults. Text n, counted from 0, is the text that <see cref="Generate"/> returns with the seed plus n.
    /// </param>
    /// <param name="cancellationToken">Stops the generation between two tokens.</param>
    /// <returns>The new texts, in the order of the prompts.</returns>
    /// <inheritdoc cref="Generate"/>
    public IEnumerable<string> GenerateBatch(
        IEnumerable<string> prompts, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        CompiledOptions compiled = Compile(options).EnsureLimited();
        return mode == GenerationMode.Window ? OneByOne(prompts, compiled, cancellationToken) : InBatches(prompts, compiled, cancellationToken);
    }

    /// <summary>Continues one prompt many times and returns texts that differ from each other.</summary>
    /// <param name="prompt">The text to continue, as in <see cref="Generate"/>.</param>
    /// <param name="count">The number of texts: 0 or more.</param>
    /// <param name="options">The options, as in <see cref="GenerateBatch"/>; texts that occurred before are skipped.</param>
    /// <param name="exclude">
    /// Texts that must not be among the results, for example the lines of the training corpus. They are compared exactly. None by default.
    /// </param>
    /// <param name="cancellationToken">Stops the generation between two tokens.</param>
    /// <returns>The new texts, without the prompt, in the order in which they were found.</returns>
    /// <exception cref="InvalidOptionsException">
    /// The options do not fit the model or contradict each other. Or, during enumeration: 20,000 texts in a row brought no new one.
    /// </exception>
    /// <inheritdoc cref="Generate"/>
    public IEnumerable<string> GenerateUnique(
        string prompt, int count, GenerationOptions? options = null, IEnumerable<string>? exclude = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Different(GenerateBatch(Enumerable.Repeat(prompt, int.MaxValue), options, cancellationToken), count, exclude ?? []);
    }

    /// <summary>Looks for the most likely texts with a beam search. The state is carried from token to token.</summary>
    /// <param name="prompt">The text to continue, as in <see cref="Generate"/>.</param>
    /// <param name="options">
    /// The options; null for the defaults. A beam search uses MaxTokens, MinTokens, StopSequences and UnknownCharacters, and ignores sampling.
    /// </param>
    /// <param name="beamOptions">The width of the search and the number of results; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the search between two tokens.</param>
    /// <returns>The best texts found, best first.</returns>
    /// <inheritdoc cref="Generate"/>
    public IReadOnlyList<BeamResult> BeamSearch(
        string prompt, GenerationOptions? options = null, BeamOptions? beamOptions = null, CancellationToken cancellationToken = default)
    {
        CompiledOptions compiled = Compile(options).EnsureLimited();
        return new BeamSearch(weights, compiled, beamOptions ?? new BeamOptions()).Run(Encode(prompt, compiled), cancellationToken);
    }

    /// <summary>Returns how surprising each token of a text is to the model, the first one included.</summary>
    /// <param name="text">The text; it is normalized like the model's corpus. The text and its scored tokens must fit into memory.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the scoring between two tokens.</param>
    /// <exception cref="UnknownCharacterException">The text has a character that the model does not know.</exception>
    /// <exception cref="ArgumentException">
    /// The text is empty. Or, in window mode: the window of the model is too long for the states to fit into arrays.
    /// </exception>
    /// <exception cref="OperationCanceledException">The scoring was canceled.</exception>
    public TextScore Score(string text, ScoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        int[] ids = CompiledOptions.Encode(model.Tokenizer, text, options?.UnknownCharacters ?? UnknownCharacterPolicy.Error);
        return ids.Length > 0
            ? new TextScore([.. ScoreTokens(ids, options, cancellationToken)], model.Tokenizer.CountCharacters(ids))
            : throw new ArgumentException("The text is empty, or has no character that the model knows.", nameof(text));
    }

    /// <summary>Returns how surprising each token of a sequence is to the model, while the sequence is read. Its length is not limited.</summary>
    /// <param name="ids">The ids of the tokens.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the scoring between two tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">During enumeration: an id is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The scoring was canceled.</exception>
    public IEnumerable<ScoredToken> ScoreTokens(IEnumerable<int> ids, ScoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        options ??= new ScoreOptions();
        return Explained(options.Alternatives, options.MaxTokensWithAlternatives, read => Read(ids, read, cancellationToken));
    }

    /// <summary>Creates a session, in which the caller appends text and samples tokens step by step.</summary>
    /// <param name="options">
    /// The options; null for the defaults. A session uses those of sampling and UnknownCharacters, and ignores lengths and stop sequences.
    /// </param>
    /// <exception cref="InvalidOptionsException">The options do not fit the model or contradict each other.</exception>
    public GenerationSession CreateSession(GenerationOptions? options = null) => new(CreatePredictor(), Compile(options), model.Tokenizer);

    private CompiledOptions Compile(GenerationOptions? options) => new(options, model.Tokenizer);

    private static int[] Encode(string prompt, CompiledOptions options)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return options.Encode(prompt);
    }

    private Predictor CreatePredictor() => mode == GenerationMode.Window ? new WindowPredictor(weights, threads) : new StatefulPredictor(weights);

    /// <param name="prompt">The tokens of the prompt.</param>
    /// <param name="options">The options.</param>
    /// <param name="cancellationToken">Stops the generation between two tokens.</param>
    /// <param name="chosen">Receives each chosen token with the model's logits [V].</param>
    private IEnumerable<string> Write(
        int[] prompt, CompiledOptions options, CancellationToken cancellationToken, Action<int, ReadOnlySpan<float>>? chosen = null)
    {
        using Predictor predictor = CreatePredictor();
        Sampler sampler = new(options.Chain);
        SamplerState sampled = new(options.Chain, options.Seed);
        TextAssembler written = new(model.Tokenizer, options);
        // In window mode the model sees at most the last window of a long prompt.
        foreach (int id in mode == GenerationMode.Window ? prompt.TakeLast(model.Spec.Window) : prompt)
        {
            cancellationToken.ThrowIfCancellationRequested();
            predictor.Read(id);
        }

        foreach (int id in prompt) sampled.Read(id);
        while (!written.IsOver)
        {
            cancellationToken.ThrowIfCancellationRequested();
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

    private IEnumerable<string> Read(IEnumerable<int> ids, Action<int, ReadOnlySpan<float>> read, CancellationToken cancellationToken)
    {
        using Predictor predictor = CreatePredictor();
        TokenDecoder decoder = model.Tokenizer.CreateDecoder();
        foreach (int id in ids)
        {
            cancellationToken.ThrowIfCancellationRequested();
            read(id, predictor.Predict());
            predictor.Read(id);
            yield return decoder.Append(id);
        }

        yield return decoder.Flush();
    }

    /// <summary>Scores the tokens of a text, again for each enumeration.</summary>
    private IEnumerable<ScoredToken> Explained(int alternatives, long most, Func<Action<int, ReadOnlySpan<float>>, IEnumerable<string>> read)
    {
        ExplainedText explained = new(model.Tokenizer, alternatives, most);
        foreach (ScoredToken token in explained.TokensOf(read(explained.Add))) yield return token;
    }

    /// <summary>Enumerates pieces on a thread pool thread, ahead of the reader by a limited number.</summary>
    private static async IAsyncEnumerable<string> ProduceAsync(
        Func<CancellationToken, IEnumerable<string>> pieces, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<string> channel = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxPiecesAhead) { SingleReader = true, SingleWriter = true });
        Task producer = Task.Run(() => WriteAsync(channel.Writer, pieces(stop.Token), stop.Token), CancellationToken.None);
        try
        {
            await foreach (string piece in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                // Pieces that are waiting in the channel are not returned after a cancellation.
                cancellationToken.ThrowIfCancellationRequested();
                yield return piece;
            }
        }
        finally
        {
            // The reader may have stopped early; the producer ends before the enumeration does.
            await stop.CancelAsync().ConfigureAwait(false);
            await producer.ConfigureAwait(false);
        }

        static async Task WriteAsync(ChannelWriter<string> writer, IEnumerable<string> pieces, CancellationToken stop)
        {
            try
            {
                foreach (string piece in pieces) await writer.WriteAsync(piece, stop).ConfigureAwait(false);
                writer.Complete();
            }
            catch (Exception exception)
            {
                // The reader gets it from the channel.
                writer.Complete(exception);
            }
        }
    }

    private IEnumerable<string> InBatches(IEnumerable<string> prompts, CompiledOptions options, CancellationToken cancellationToken)
    {
        using TextBatch batch = new(weights, threads, options);
        foreach (string text in batch.Write(prompts, cancellationToken)) yield return text;
    }

    private IEnumerable<string> OneByOne(IEnumerable<string> prompts, CompiledOptions options, CancellationToken cancellationToken)
    {
        ulong number = 0;
        foreach (string prompt in prompts) yield return Generate(prompt, options.Options with { Seed = options.Seed + number++ }, cancellationToken);
    }

    private static IEnumerable<string> Different(IEnumerable<string> texts, int count, IEnumerable<string> exclude)
    {
        if (count == 0) yield break;
        HashSet<string> seen = [.. exclude];
        int found = 0, attempts = 0, repeats = 0;
        foreach (string text in texts)
        {
            attempts++;
            repeats = seen.Add(text) ? 0 : repeats + 1;
            if (repeats == 0)
            {
                yield return text;
                if (++found == count) yield break;
            }

            if (repeats == MaxRepeats) throw new InvalidOptionsException(
                string.Create(CultureInfo.InvariantCulture, $"Only {found:N0} different texts were found in {attempts:N0} attempts. Ask for fewer, or raise Temperature or MaxTokens."),
                nameof(GenerationOptions.Temperature));
        }
    }
}

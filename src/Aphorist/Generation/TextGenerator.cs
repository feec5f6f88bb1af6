using System.Globalization;
using Aphorist.Generation;
using Aphorist.Generation.Sampling;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>How much of the text a model sees when it predicts the next token.</summary>
public enum GenerationMode
{
    /// <summary>The state of the model is carried from token to token: one step per token, and memory without a fixed limit.</summary>
    Stateful,

    /// <summary>
    /// Each token is predicted from a zero state over the last <see cref="ModelSpec.Window"/> tokens, as the notebook does.
    /// </summary>
    Window,
}

/// <summary>Generates and scores text with a model. Safe to use from several threads at once.</summary>
/// <remarks>
/// A generator uses the parameters that the model has when the generator is created. After more training, create another one.
/// The options and prompts of a call are checked when the method is called; streams and batches then generate while they are enumerated.
/// </remarks>
public sealed class TextGenerator
{
    private readonly LanguageModel model;
    private readonly PackedWeights weights;
    private readonly int threads;
    private readonly GenerationMode readingMode;

    /// <summary>Creates a generator.</summary>
    /// <param name="model">The model.</param>
    /// <param name="mode">
    /// How much of the text the model sees. By default, the mode that the model was trained for
    /// (<see cref="LanguageModel.TrainedMode"/>), which gives better texts. Window mode takes a step of the model for each token of the
    /// window, where stateful mode takes one. A beam search is always stateful, and texts are scored statefully unless a mode is named.
    /// </param>
    /// <param name="threads">
    /// The number of threads for window mode and for batches: 1 or more, or 0, the default, for one per processor. Texts do not
    /// depend on it.
    /// </param>
    public TextGenerator(LanguageModel model, GenerationMode? mode = null, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        (this.model, Mode, this.threads) = (model, mode ?? model.TrainedMode, threads);
        readingMode = mode ?? GenerationMode.Stateful;
        weights = new PackedWeights(model, InstructionSet.Current);
        weights.Refresh();
    }

    /// <summary>Gets how much of the text the model sees.</summary>
    public GenerationMode Mode { get; }

    /// <summary>Gets the tokenizer of the model.</summary>
    public Tokenizer Tokenizer => model.Tokenizer;

    /// <summary>Continues a prompt and returns the new text, without the prompt.</summary>
    /// <param name="prompt">
    /// The text to continue, of any length; it is normalized like the model's corpus. With an empty prompt, the model starts from a zero
    /// state.
    /// </param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the generation between two tokens.</param>
    /// <exception cref="InvalidOptionsException">The options do not fit the model or contradict each other.</exception>
    /// <exception cref="UnknownCharacterException">The prompt has a character that the model does not know.</exception>
    /// <exception cref="ArgumentException">
    /// In window mode: the window of the model is too long for the states to fit into arrays.
    /// </exception>
    /// <exception cref="OperationCanceledException">The generation was canceled.</exception>
    public string Generate(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        CompiledOptions compiled = CompileLimited(options);
        return string.Concat(Continue(compiled.Encode(prompt), compiled, compiled.Seed, cancellationToken));
    }

    /// <summary>Continues a prompt on a thread pool thread and returns the new text, without the prompt.</summary>
    /// <inheritdoc cref="Generate"/>
    public Task<string> GenerateAsync(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        CompiledOptions compiled = CompileLimited(options);
        int[] ids = compiled.Encode(prompt);
        return Task.Run(() => string.Concat(Continue(ids, compiled, compiled.Seed, cancellationToken)), cancellationToken);
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
        return Continue(compiled.Encode(prompt), compiled, compiled.Seed, cancellationToken);
    }

    /// <summary>
    /// Continues a prompt on a thread pool thread and returns the new text piece by piece. Generation runs up to 64 pieces ahead of the
    /// reader, and stops when the reader stops.
    /// </summary>
    /// <inheritdoc cref="Stream"/>
    public IAsyncEnumerable<string> StreamAsync(
        string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        CompiledOptions compiled = Compile(options);
        int[] ids = compiled.Encode(prompt);
        return BackgroundProducer.EnumerateAsync(token => Continue(ids, compiled, compiled.Seed, token), cancellationToken);
    }

    /// <summary>Continues a prompt and returns each new token with its probability and the most likely alternatives.</summary>
    /// <param name="prompt">The text to continue, as in <see cref="Generate"/>. Its tokens are not returned.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="alternatives">The number of most likely tokens to return with each token: 0 or more. 5 by default.</param>
    /// <param name="cancellationToken">Stops the generation between two tokens.</param>
    /// <returns>
    /// The tokens; their texts joined are the text that <see cref="Generate"/> returns. A token that a stop sequence cuts short has only
    /// its first part as text, and tokens that lie within the stop sequence are left out.
    /// </returns>
    /// <inheritdoc cref="Generate"/>
    public IEnumerable<ScoredToken> StreamTokens(
        string prompt, GenerationOptions? options = null, int alternatives = 5, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(alternatives);
        CompiledOptions compiled = Compile(options);
        int[] ids = compiled.Encode(prompt);
        return ScoreWhile(
            alternatives, long.MaxValue, knowsWords: false, sampled => Continue(ids, compiled, compiled.Seed, cancellationToken, sampled));
    }

    /// <summary>
    /// Continues many prompts at the same time, which is several times faster than one after the other. Prompts are read, and texts
    /// generated, while the result is enumerated.
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
        return ContinueAll(prompts, CompileLimited(options), int.MaxValue, cancellationToken);
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
        string prompt,
        int count,
        GenerationOptions? options = null,
        IEnumerable<string>? exclude = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        CompiledOptions compiled = CompileLimited(options);
        _ = compiled.Encode(prompt); // Throws now rather than during the enumeration.
        IEnumerable<string> texts = ContinueAll(Enumerable.Repeat(prompt, int.MaxValue), compiled, count, cancellationToken);
        return UniqueTexts.Find(texts, count, exclude ?? [], NotEnough).Select(unique => unique.Text);

        static InvalidOptionsException NotEnough(int found, int attempts) => new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Only {found:N0} different texts were found in {attempts:N0} attempts. Ask for fewer, or raise Temperature or MaxTokens."),
            nameof(GenerationOptions.Temperature));
    }

    /// <summary>Looks for the most likely texts with a beam search. The state is carried from token to token.</summary>
    /// <param name="prompt">The text to continue, as in <see cref="Generate"/>.</param>
    /// <param name="options">
    /// The options; null for the defaults. A beam search uses only MaxTokens, MinTokens, StopSequences and UnknownCharacters.
    /// </param>
    /// <param name="beamOptions">The width of the search and the number of results; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the search between two tokens.</param>
    /// <returns>The best texts found, best first.</returns>
    /// <inheritdoc cref="Generate"/>
    public IReadOnlyList<BeamResult> BeamSearch(
        string prompt, GenerationOptions? options = null, BeamOptions? beamOptions = null, CancellationToken cancellationToken = default)
    {
        beamOptions ??= new BeamOptions();
        beamOptions.Validate();
        CompiledOptions compiled = CompileLimited(options);
        return new BeamSearch(weights, compiled, beamOptions).Run(compiled.Encode(prompt), cancellationToken);
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
        string normalized = model.Tokenizer.Normalization.Apply(text);
        IEnumerable<EncodedToken> encoded = options?.UnknownCharacters == UnknownCharacterPolicy.Skip
            ? model.Tokenizer.EncodeSkippingUnknown(normalized, out _).Select(id => new EncodedToken(id))
            : EncodedToken.Of([normalized], model.Tokenizer);
        ScoredToken[] tokens = [.. ScoreTokens(encoded, knowsWords: true, options, cancellationToken)];
        if (tokens.Length == 0)
            throw new ArgumentException("The text is empty, or has no character that the model knows.", nameof(text));
        int characters = tokens.Sum(token => token.CharacterCount);
        return new TextScore(tokens, characters)
        {
            UnknownTokens = tokens.Count(token => token.Id == model.Tokenizer.UnknownTokenId),
            SkippedCharacters = normalized.EnumerateRunes().Count() - characters,
        };
    }

    /// <summary>
    /// Returns how surprising each token of a text is to the model, while the text is read. Its length is not limited.
    /// </summary>
    /// <param name="corpus">The text, normalized as the tokenizer of the model expects.</param>
    /// <param name="options">
    /// The options; null for the defaults. UnknownCharacters applies to characters only, which <see cref="Corpus.CountUnknownCharacters"/>
    /// counts; an unknown word is always the unknown token.
    /// </param>
    /// <param name="cancellationToken">Stops the scoring between two tokens.</param>
    /// <exception cref="UnknownCharacterException">During enumeration: the text has a character that the model does not know.</exception>
    /// <exception cref="CorpusException">During enumeration: a cached text cannot be read any more.</exception>
    /// <exception cref="OperationCanceledException">The scoring was canceled.</exception>
    public IEnumerable<ScoredToken> ScoreTokens(
        Corpus corpus, ScoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        bool skips = options?.UnknownCharacters == UnknownCharacterPolicy.Skip;
        return ScoreTokens(
            EncodedToken.Of(corpus.EnumerateWholeTokens(), model.Tokenizer, skips), knowsWords: true, options, cancellationToken);
    }

    /// <summary>
    /// Returns how surprising each token of a sequence is to the model, while the sequence is read. Its length is not limited. Ids do not
    /// have the spelling of unknown words, so it costs nothing here.
    /// </summary>
    /// <param name="ids">The ids of the tokens.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the scoring between two tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">During enumeration: an id is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The scoring was canceled.</exception>
    public IEnumerable<ScoredToken> ScoreTokens(
        IEnumerable<int> ids, ScoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return ScoreTokens(ids.Select(id => new EncodedToken(id)), knowsWords: false, options, cancellationToken);
    }

    /// <summary>Creates a session, in which the caller appends text and samples tokens step by step.</summary>
    /// <param name="options">
    /// The options; null for the defaults. A session uses those of sampling and UnknownCharacters, and ignores lengths and stop sequences.
    /// </param>
    /// <exception cref="InvalidOptionsException">The options do not fit the model or contradict each other.</exception>
    public GenerationSession CreateSession(GenerationOptions? options = null) =>
        new(CreatePredictor(Mode), Compile(options), model.Tokenizer);

    private CompiledOptions Compile(GenerationOptions? options) => new(options, model.Tokenizer);

    private CompiledOptions CompileLimited(GenerationOptions? options)
    {
        options?.EnsureLimited();
        return Compile(options);
    }

    /// <summary>
    /// Chooses a random passage of a corpus, as long as the model's window, for use as a prompt. The same seed and index give the same
    /// passage.
    /// </summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="index">The number of the passage: each index gives another one. 0 by default.</param>
    /// <returns>The passage; the whole text if the corpus is not longer than the window.</returns>
    /// <exception cref="UnknownCharacterException">The corpus has a character that the model does not know.</exception>
    public string ChoosePassage(Corpus corpus, ulong seed, int index = 0)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        RandomStream random = new(seed, RandomPurpose.SampleSeed, (uint)index);
        int window = model.Spec.Window;
        long count = corpus.CountTokens(Tokenizer), start = random.Below(index: 0, Math.Max(count - window, 1));
        int[] ids = new int[(int)Math.Min(window, count - start)];
        corpus.ReadTokens(Tokenizer, start, ids);
        // A window of bytes can begin and end within a character.
        return Tokenizer.Decode(ids).Trim('\uFFFD');
    }

    private Predictor CreatePredictor(GenerationMode mode) =>
        mode == GenerationMode.Window ? new WindowPredictor(weights, threads) : new StatefulPredictor(weights);

    /// <summary>Continues a prompt and returns the text in pieces.</summary>
    /// <param name="prompt">The tokens of the prompt.</param>
    /// <param name="options">The options.</param>
    /// <param name="seed">The seed, which replaces that of the options.</param>
    /// <param name="cancellationToken">Stops the generation between two tokens.</param>
    /// <param name="sampled">Receives each sampled token with the model's logits [V], before its text is returned.</param>
    private IEnumerable<string> Continue(
        int[] prompt,
        CompiledOptions options,
        ulong seed,
        CancellationToken cancellationToken,
        Action<EncodedToken, ReadOnlySpan<float>>? sampled = null)
    {
        using Predictor predictor = CreatePredictor(Mode);
        Sampler sampler = new(options.Chain.VocabularySize);
        TextAssembler text = new(model.Tokenizer, options);
        text.Start(seed, prompt);
        // In window mode the model sees at most the last window of a long prompt.
        foreach (int id in Mode == GenerationMode.Window ? prompt.TakeLast(model.Spec.Window) : prompt)
        {
            cancellationToken.ThrowIfCancellationRequested();
            predictor.Read(id);
        }

        while (!text.IsOver)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<float> logits = predictor.Predict();
            int id = text.Sample(sampler, logits, out string piece);
            sampled?.Invoke(new(id), logits);
            if (piece.Length > 0) yield return piece;
            if (!text.IsOver) predictor.Read(id);
        }

        if (text.Finish() is { Length: > 0 } rest) yield return rest;
    }

    /// <summary>Reads tokens and returns their text in pieces.</summary>
    private IEnumerable<string> Read(
        IEnumerable<EncodedToken> tokens, Action<EncodedToken, ReadOnlySpan<float>> read, CancellationToken cancellationToken)
    {
        using Predictor predictor = CreatePredictor(readingMode);
        TokenDecoder decoder = model.Tokenizer.CreateDecoder();
        foreach (EncodedToken token in tokens)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TokenId.Checked(token.Id, model.Tokenizer.VocabularySize);
            read(token, predictor.Predict());
            predictor.Read(token.Id);
            yield return token.UnknownWord ?? decoder.Append(token.Id);
        }

        yield return decoder.Flush();
    }

    private IEnumerable<ScoredToken> ScoreTokens(
        IEnumerable<EncodedToken> tokens, bool knowsWords, ScoreOptions? options, CancellationToken cancellationToken)
    {
        options ??= new ScoreOptions();
        return ScoreWhile(
            options.Alternatives, options.MaxTokensWithAlternatives, knowsWords, read => Read(tokens, read, cancellationToken));
    }

    /// <summary>Scores tokens while a text is generated or read, again for each enumeration.</summary>
    private IEnumerable<ScoredToken> ScoreWhile(
        int alternatives,
        long maxTokensWithAlternatives,
        bool knowsWords,
        Func<Action<EncodedToken, ReadOnlySpan<float>>, IEnumerable<string>> process)
    {
        TokenScorer scorer = new(model.Tokenizer, alternatives, maxTokensWithAlternatives, knowsWords);
        foreach (ScoredToken token in scorer.Tokens(process(scorer.Add))) yield return token;
    }

    /// <summary>Continues each prompt; text n has the seed plus n.</summary>
    private IEnumerable<string> ContinueAll(
        IEnumerable<string> prompts, CompiledOptions options, int expected, CancellationToken cancellationToken)
    {
        using TextBatch batch = new(weights, Mode, threads, options, expected);
        foreach (string text in batch.Generate(prompts, cancellationToken)) yield return text;
    }
}

using System.Runtime.CompilerServices;
using Aphorist.Text;
using Aphorist.Text.Tokenizers;
using Aphorist.Training.Distributed;
using Aphorist.Training.Runs;

namespace Aphorist.Training;

/// <summary>
/// Trains a model on a corpus in memory, and reports what happens as a stream of events. It writes no files: see <see cref="TrainingRun"/>
/// for training with checkpoints.
/// </summary>
public sealed class Trainer
{
    private readonly LanguageModel model;
    private readonly Corpus corpus;
    private readonly Corpus? validation;
    private readonly IProcessGroup processes;
    private readonly TrainingOptions options;
    private readonly TokenSequence ids;
    private readonly TrainingSplit split;
    private readonly Lazy<(double Characters, double SpellingLoss)> perToken;
    private volatile TrainingSession? session;

    /// <summary>Prepares training: tokenizes the texts and checks that they can be trained.</summary>
    /// <param name="model">The model, which is trained in place.</param>
    /// <param name="corpus">The training corpus, normalized as the tokenizer of the model expects.</param>
    /// <param name="options">How to train.</param>
    /// <param name="validation">A separate validation text, normalized like the corpus. None by default.</param>
    /// <param name="processes">
    /// The processes that train together. Each creates a trainer with the same model, texts and options. Null, the default, to train in
    /// this process alone.
    /// </param>
    /// <exception cref="InvalidOptionsException">
    /// An option is out of range, contradicts another one, or does not fit the length of the corpus.
    /// </exception>
    /// <exception cref="CorpusException">A text is too short, or is not the same for all processes.</exception>
    /// <exception cref="UnknownCharacterException">A text has a character that is not in the vocabulary of the model.</exception>
    /// <exception cref="ProcessGroupException">
    /// Another process does not answer, or has another model or other options.
    /// </exception>
    public Trainer(LanguageModel model, Corpus corpus, TrainingOptions options, Corpus? validation = null, IProcessGroup? processes = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        TrainingStep.EnsureFits(model.Spec, options, processes?.Size ?? 1);
        if (model.Tokenizer.VocabularySize < 2)
            throw new CorpusException(
                $"'{corpus.Name}' has fewer than two distinct tokens, so there is nothing to learn. Use another text.");
        (this.model, this.corpus, this.options, this.validation) = (model, corpus, options, validation);
        this.processes = processes ?? SingleProcess.Instance;
        ids = corpus.TokensOf(model.Tokenizer);
        split = TrainingSplit.Create(ids.Count, model.Spec.Window, options, validation?.TokensOf(model.Tokenizer).Count);
        perToken = new(MeasureTokens);
        ParameterPieces.EnsureFit(model.Parameters.Values.Length, this.processes);
        this.processes.EnsureSame(model, corpus, validation, options);
    }

    /// <summary>
    /// Gets where training is, also within a batch or a validation, for a display of slow ones. Any thread may ask at any time. Null while
    /// nothing is trained.
    /// </summary>
    public TrainingPosition? Position => session?.Position;

    private double? UnknownShare => model.Tokenizer.UnknownTokenId is int unknown ? (double)ids.CountOf(unknown) / ids.Count : null;

    /// <summary>
    /// Converts a loss per token to bits per character, which compare models with different tokenizers. Unknown words cost their spelling,
    /// see <see cref="Evaluation.BitsPerCharacter"/>.
    /// </summary>
    /// <param name="lossPerToken">A validation loss in nats per token or, if there is no validation, a training loss.</param>
    public double GetBitsPerCharacter(double lossPerToken) =>
        (lossPerToken + perToken.Value.SpellingLoss) / Math.Log(2) / perToken.Value.Characters;

    /// <summary>
    /// Trains on background threads. The model does not change while the caller handles an event, so the caller may generate text with it
    /// or save it.
    /// </summary>
    /// <param name="cancellationToken">
    /// Stops training, also within a batch, with an <see cref="OperationCanceledException"/>. The model is then as after the last whole
    /// batch. If several processes train, all stop after the same batch.
    /// </param>
    /// <exception cref="TrainingDivergedException">The loss rose sharply, and the divergence guard is off or did not help.</exception>
    /// <exception cref="CorpusException">A cached text cannot be read any more.</exception>
    /// <exception cref="ProcessGroupException">Another process does not answer.</exception>
    public IAsyncEnumerable<TrainingEvent> RunAsync(CancellationToken cancellationToken = default) =>
        RunAsync(files: null, cancellationToken);

    /// <summary>Trains, and writes checkpoints, models and metrics into a run folder, if there is one.</summary>
    internal async IAsyncEnumerable<TrainingEvent> RunAsync(
        RunFolder? files, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using TrainingSession current = await InBackground(
            () => new TrainingSession(model, corpus, validation, options, files, split, ids, processes)).ConfigureAwait(false);
        session = current;
        try
        {
            yield return new TrainingStarted(
                corpus.CharacterCount, ids.Count, model.Tokenizer.VocabularySize, UnknownShare,
                split.Plan.Predictions, split.ValidationCount, current.CompletedEpochs)
            {
                Processes = processes.Size,
                WorkingProcesses = TrainingStep.WorkingProcesses(model.Spec, options.BatchSize, processes.Size),
                SuggestedBatchSize = TrainingStep.BatchSizeFor(model.Spec, options.BatchSize, processes.Size),
            };
            if (current.Limit is { } limit) yield return limit;
            while (!current.IsDone)
            {
                // A call trains for 200 ms or more, unless something happens. Nothing trains between two calls, so the caller can leave at
                // any event.
                IReadOnlyList<TrainingEvent> events = await InBackground(() => current.Advance(cancellationToken)).ConfigureAwait(false);
                foreach (TrainingEvent happened in events) yield return happened;
                if (current.IsInterrupted) throw new OperationCanceledException(cancellationToken);
            }

            yield return new TrainingCompleted(current.CompletedEpochs, current.Seconds);
        }
        finally
        {
            session = null;
        }
    }

    /// <summary>The mean characters and spelling loss of a token: of the predicted ones of the validation, or of all tokens.</summary>
    private (double Characters, double SpellingLoss) MeasureTokens()
    {
        Tokenizer tokenizer = model.Tokenizer;
        if (split.ValidationCount == 0)
        {
            double spelling = UnknownText.Of(corpus, tokenizer, new PredictedTokens(0, 0)).SpellingLoss;
            return ((double)corpus.CharacterCount / ids.Count, spelling / ids.Count);
        }

        Corpus text = validation ?? corpus;
        PredictedTokens predicted = options.Objective == Objective.Windows
            ? split.ValidationWindows.Predicted(model.Spec.Window)
            : new(split.ValidationStart, split.ValidationStart + 1);
        UnknownText unknown = UnknownText.Of(text, tokenizer, predicted);
        long characters = predicted.CountCharacters(text.TokensOf(tokenizer), tokenizer) + unknown.Characters;
        return ((double)characters / split.ValidationCount, unknown.SpellingLoss / split.ValidationCount);
    }

    private static async Task<T> InBackground<T>(Func<T> work)
    {
        try
        {
            return await Task.Run(work).ConfigureAwait(false);
        }
        catch (AggregateException failure) when (failure.InnerException is CorpusException lost)
        {
            // One of the threads could not read a cached text.
            throw new CorpusException(lost.Message, failure);
        }
    }
}

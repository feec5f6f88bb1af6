using System.Runtime.CompilerServices;
using Aphorist.Text;

namespace Aphorist.Training;

/// <summary>Trains a model on a corpus and tells what happens as a stream of events.</summary>
public sealed class Trainer
{
    private readonly LanguageModel model;
    private readonly Corpus corpus;
    private readonly Corpus? validation;
    private readonly TrainingOptions options;
    private readonly TokenSequence ids;
    private readonly TrainingSplit split;

    /// <summary>Prepares training; nothing runs before <see cref="RunAsync(CancellationToken)"/>.</summary>
    /// <param name="model">The model, which is changed in place.</param>
    /// <param name="corpus">The text to learn.</param>
    /// <param name="options">How to train.</param>
    /// <param name="validation">A text to measure on after each epoch, normalised as the corpus is, instead of a part of the corpus; none by default.</param>
    /// <exception cref="ArgumentException">The corpus or the text to measure on is too short, there is such a text and a <see cref="TrainingOptions.ValidationShare"/> too, an option is out of range, or a batch is too large for arrays.</exception>
    /// <exception cref="UnknownCharacterException">One of the texts has a character that the model does not know.</exception>
    public Trainer(LanguageModel model, Corpus corpus, TrainingOptions options, Corpus? validation = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        TrainingStep.EnsureFits(model.Spec, options);
        if (model.Tokenizer.VocabularySize < 2)
            throw new ArgumentException("The vocabulary has fewer than two tokens, so there is nothing to learn; use a real text.");
        (this.model, this.corpus, this.options, this.validation) = (model, corpus, options, validation);
        ids = corpus.TokensOf(model.Tokenizer);
        split = TrainingSplit.Of(ids.Count, model.Spec.Window, options, validation?.TokensOf(model.Tokenizer).Count);
    }

    private double? UnknownShare => model.Tokenizer.UnknownTokenId is int unknown ? (double)ids.CountOf(unknown) / ids.Count : null;

    /// <summary>Characters that a token stands for on average, in what is measured on or, where that is nothing, in the corpus: what a loss per token is divided by to compare models with different tokens.</summary>
    internal double CharactersPerToken
    {
        get
        {
            if (split.ValidationCount == 0) return (double)corpus.CharacterCount / ids.Count;
            long first = options.Objective == Objective.Windows ? split.ValidationWindows.StartOf(0) + model.Spec.Window : split.ValidationStart + 1;
            return (validation?.TokensOf(model.Tokenizer) ?? ids).CharactersPerToken(first, model.Tokenizer);
        }
    }

    /// <summary>Trains. Between two events the model does not change, so a listener may write with it.</summary>
    /// <param name="cancellationToken">Stops after the current batch, writes a checkpoint and ends with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="TrainingDivergedException">The loss exploded and returning to good weights is turned off, or did not help.</exception>
    /// <exception cref="CorpusException">A text too large for memory cannot be read any more; the folder's checkpoint is as it was.</exception>
    /// <exception cref="ArgumentException">The folder's checkpoint belongs to another corpus or other options.</exception>
    /// <exception cref="IOException">A file of the run folder could not be written; the previous one is unchanged.</exception>
    public IAsyncEnumerable<TrainingEvent> RunAsync(CancellationToken cancellationToken = default) => RunAsync(folder: null, cancellationToken);

    /// <summary>Trains, and writes checkpoints, models and metrics. Between two events the model does not change, so a listener may write with it.</summary>
    /// <param name="folder">Where they go; null to write nothing. If it holds a checkpoint, the run goes on from there.</param>
    /// <inheritdoc cref="RunAsync(CancellationToken)"/>
    public async IAsyncEnumerable<TrainingEvent> RunAsync(RunFolder? folder, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using TrainingSession session = new(model, corpus, validation, options, folder, split, ids);
        yield return new TrainingStarted(
            corpus.CharacterCount, ids.Count, model.Tokenizer.VocabularySize, UnknownShare, split.Plan.Predictions, split.ValidationCount, session.CompletedEpochs);
        while (!session.IsDone)
        {
            // What is cancelled before a call, even by the listener itself, is saved by that call.
            bool isStopping = cancellationToken.IsCancellationRequested;
            // The work leaves the listener's thread, and the listener's handling of an event holds up the work.
            IReadOnlyList<TrainingEvent> events = await AdvanceAsync(session, cancellationToken).ConfigureAwait(false);
            foreach (TrainingEvent happened in events) yield return happened;
            if (isStopping) throw new OperationCanceledException(cancellationToken);
        }

        yield return new TrainingCompleted(session.CompletedEpochs, session.Seconds);
    }

    private static async Task<IReadOnlyList<TrainingEvent>> AdvanceAsync(TrainingSession session, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => session.Advance(cancellationToken), CancellationToken.None).ConfigureAwait(false);
        }
        catch (AggregateException failure) when (failure.InnerException is CorpusException lost)
        {
            // One of the threads could not read a prepared text any more.
            throw new CorpusException(lost.Message, failure);
        }
    }
}

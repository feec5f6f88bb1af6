namespace Aphorist.Training;

/// <summary>Something that happened in training. Training waits while the caller handles an event.</summary>
public abstract record TrainingEvent;

/// <summary>Training starts, or resumes from a checkpoint.</summary>
/// <param name="Characters">Characters (Unicode scalar values) of the corpus.</param>
/// <param name="Tokens">Tokens of the corpus. For a character tokenizer the same as characters.</param>
/// <param name="VocabularySize">Tokens in the vocabulary of the model.</param>
/// <param name="UnknownShare">
/// The share of the corpus, from 0 to 1, that is words outside the vocabulary. Null for tokenizers without an unknown token.
/// </param>
/// <param name="Predictions">Predictions per epoch: one for each window, or for each token of the streams.</param>
/// <param name="ValidationPredictions">
/// Predictions of the whole validation set; 0 if there is no validation. See also <see cref="ValidationLimited"/>.
/// </param>
/// <param name="CompletedEpochs">Epochs already completed; above 0 when a run is resumed.</param>
public sealed record TrainingStarted(
    long Characters,
    long Tokens,
    int VocabularySize,
    double? UnknownShare,
    long Predictions,
    long ValidationPredictions,
    int CompletedEpochs) : TrainingEvent
{
    /// <summary>The processes that train together; 1 if this one trains alone.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>How many of them have work in each batch.</summary>
    public int WorkingProcesses { get; init; } = 1;

    /// <summary>
    /// The smallest larger <see cref="TrainingOptions.BatchSize"/> that divides evenly between all processes. Null if every process has
    /// work.
    /// </summary>
    public int? SuggestedBatchSize { get; init; }
}

/// <summary>
/// Every validation measures only a part of the validation set, always the same one, see <see cref="TrainingOptions.MaxValidationTokens"/>.
/// Occurs before the first validation, and when a run is resumed.
/// </summary>
/// <param name="Predictions">Predictions per validation.</param>
/// <param name="ValidationPredictions">Predictions of the whole validation set.</param>
public sealed record ValidationLimited(long Predictions, long ValidationPredictions) : TrainingEvent;

/// <summary>The progress of the current epoch. Occurs about five times per second.</summary>
/// <param name="Epoch">The number of the current epoch, from 1.</param>
/// <param name="Batch">Batches done in this epoch.</param>
/// <param name="BatchCount">Batches per epoch.</param>
/// <param name="Loss">The mean training loss of this epoch so far, in nats per token.</param>
/// <param name="Accuracy">The share of correct predictions in this epoch so far, from 0 to 1.</param>
/// <param name="CharactersPerSecond">
/// Characters read per second of training in this epoch. Each window counts in full; a token of several characters counts as the corpus's
/// average.
/// </param>
/// <param name="Remaining">The estimated time until training ends.</param>
public sealed record TrainingProgress(
    int Epoch, int Batch, int BatchCount, double Loss, double Accuracy, double CharactersPerSecond, TimeSpan Remaining) : TrainingEvent;

/// <summary>
/// The metrics of some training steps: those since the last event of this kind, which are a second of training in a short run and up to ten
/// in a long one.
/// </summary>
/// <param name="Step">Training steps since the start of the run.</param>
/// <param name="Epoch">Epochs of training since the start of the run, with a fraction for the current one.</param>
/// <param name="Tokens">Tokens read since the start of the run. Each window counts in full.</param>
/// <param name="Seconds">Seconds of training since the start of the run, without validation.</param>
/// <param name="Loss">The mean training loss of these steps in nats per token.</param>
/// <param name="LearningRate">The learning rate of the last step.</param>
/// <param name="GradientNorm">The L2 norm of the gradient of the last step, before clipping.</param>
/// <param name="CharactersPerSecond">Characters read per second of training in these steps.</param>
public sealed record StepsCompleted(
    long Step,
    double Epoch,
    long Tokens,
    double Seconds,
    double Loss,
    double LearningRate,
    double GradientNorm,
    double CharactersPerSecond) : TrainingEvent;

/// <summary>Where training is, which can be asked within a batch or a validation, see <see cref="Trainer.Position"/>.</summary>
/// <param name="Epoch">The number of the current epoch, from 1.</param>
/// <param name="Batch">Whole batches done in this epoch.</param>
/// <param name="BatchCount">Batches per epoch.</param>
/// <param name="IsValidating">Whether a validation is in progress, instead of a batch.</param>
/// <param name="Share">The share of the current batch or validation that is done, from 0 to 1.</param>
/// <param name="Seconds">Seconds of training since the start of the run, without validation and the current batch.</param>
public sealed record TrainingPosition(int Epoch, int Batch, int BatchCount, bool IsValidating, double Share, double Seconds);

/// <summary>A validation within an epoch is done, see <see cref="TrainingOptions.ValidationInterval"/>.</summary>
/// <param name="Epoch">The number of the current epoch, from 1.</param>
/// <param name="Batch">Batches done in this epoch.</param>
/// <param name="ValidationLoss">The validation loss in nats per token.</param>
/// <param name="ValidationAccuracy">The share of correct predictions in validation, from 0 to 1.</param>
/// <param name="Seconds">Seconds of training since the start of the run, without validation.</param>
/// <param name="IsBest">Whether this is the lowest validation loss so far.</param>
public sealed record ValidationMeasured(
    int Epoch, int Batch, double ValidationLoss, double ValidationAccuracy, double Seconds, bool IsBest) : TrainingEvent;

/// <summary>An epoch is completed.</summary>
/// <param name="Epoch">The number of the epoch, from 1.</param>
/// <param name="Loss">The mean training loss while the weights changed, in nats per token, as Keras reports it.</param>
/// <param name="Accuracy">The share of correct predictions in training, from 0 to 1.</param>
/// <param name="ValidationLoss">The validation loss after the epoch in nats per token; null if there is no validation.</param>
/// <param name="ValidationAccuracy">The share of correct predictions in validation; null if there is no validation.</param>
/// <param name="Seconds">Seconds of training in this epoch, without validation.</param>
/// <param name="CharactersPerSecond">Characters read per second of training.</param>
/// <param name="LearningRate">The learning rate at the end of the epoch.</param>
/// <param name="IsBest">Whether this is the lowest validation loss (training loss, if there is no validation) so far.</param>
public sealed record EpochCompleted(
    int Epoch,
    double Loss,
    double Accuracy,
    double? ValidationLoss,
    double? ValidationAccuracy,
    double Seconds,
    double CharactersPerSecond,
    double LearningRate,
    bool IsBest) : TrainingEvent;

/// <summary>
/// The loss rose sharply or is not a number. The last good weights are restored, the learning rate is halved, and the epoch starts again.
/// </summary>
/// <param name="Epoch">The number of the epoch that diverged, from 1.</param>
/// <param name="Batch">The batch at which the divergence was detected.</param>
/// <param name="Loss">The loss that showed it, in nats per token.</param>
/// <param name="ExpectedLoss">The loss that it was compared with: that of the best epoch, or of a uniform guess.</param>
/// <param name="LearningRate">The learning rate from here on.</param>
public sealed record DivergenceDetected(int Epoch, int Batch, double Loss, double ExpectedLoss, double LearningRate) : TrainingEvent;

/// <summary>A checkpoint is written, from which the run resumes if the process ends here.</summary>
/// <param name="Path">The path of the checkpoint.</param>
public sealed record CheckpointSaved(string Path) : TrainingEvent;

/// <summary>Training is complete.</summary>
/// <param name="Epochs">The number of completed epochs.</param>
/// <param name="Seconds">Seconds of training in all sessions of the run, without validation.</param>
public sealed record TrainingCompleted(int Epochs, double Seconds) : TrainingEvent;

namespace Aphorist.Training;

/// <summary>Something that happened during training. The trainer waits while its listener handles an event.</summary>
public abstract record TrainingEvent;

/// <summary>Training is about to begin, or to go on where a checkpoint left it.</summary>
/// <param name="Characters">Characters (Unicode scalar values) of the corpus.</param>
/// <param name="Tokens">Tokens of the corpus, which for a model of characters are as many.</param>
/// <param name="VocabularySize">Different tokens that the model knows.</param>
/// <param name="UnknownShare">Share, from 0 to 1, of the corpus's tokens that a vocabulary of words lacks; null for models of characters or bytes, which lack none.</param>
/// <param name="Predictions">Predictions of an epoch: one for each window, or for each token of the streams.</param>
/// <param name="ValidationPredictions">Predictions held out; 0 if none are.</param>
/// <param name="CompletedEpochs">Epochs already done; more than 0 when a run is resumed.</param>
public sealed record TrainingStarted(
    long Characters,
    long Tokens,
    int VocabularySize,
    double? UnknownShare,
    long Predictions,
    long ValidationPredictions,
    int CompletedEpochs) : TrainingEvent;

/// <summary>How far the current epoch is; comes a few times a second.</summary>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Batch">Batches done in it.</param>
/// <param name="BatchCount">Batches in an epoch.</param>
/// <param name="Loss">Mean loss of this epoch so far, in nats per token.</param>
/// <param name="Accuracy">Share of tokens predicted right in this epoch so far.</param>
/// <param name="CharactersPerSecond">Characters read (for windows, their number times their length) per second of training in this epoch. A token of several characters counts as the corpus's average.</param>
/// <param name="Remaining">Time left until the last epoch ends, at this speed.</param>
public sealed record TrainingProgress(int Epoch, int Batch, int BatchCount, double Loss, double Accuracy, double CharactersPerSecond, TimeSpan Remaining) : TrainingEvent;

/// <summary>The held-out part was measured within an epoch.</summary>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Batch">Batches done in it.</param>
/// <param name="ValidationLoss">Loss on the held-out part, in nats per token.</param>
/// <param name="ValidationAccuracy">Accuracy on it.</param>
/// <param name="Seconds">Seconds of training alone since the run began.</param>
/// <param name="IsBest">Whether the loss was never lower before.</param>
public sealed record ValidationMeasured(int Epoch, int Batch, double ValidationLoss, double ValidationAccuracy, double Seconds, bool IsBest) : TrainingEvent;

/// <summary>An epoch has ended.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Loss">Running mean of the loss while training, in nats per token, as Keras reports it.</param>
/// <param name="Accuracy">Running share of tokens predicted right.</param>
/// <param name="ValidationLoss">Loss on the held-out windows after the epoch; null if none are held out.</param>
/// <param name="ValidationAccuracy">Accuracy on the held-out windows.</param>
/// <param name="Seconds">Seconds of training alone.</param>
/// <param name="CharactersPerSecond">Characters read per second of training.</param>
/// <param name="LearningRate">The learning rate used.</param>
/// <param name="IsBest">Whether no earlier epoch had a lower validation loss (or training loss, if nothing is held out).</param>
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

/// <summary>The loss became non-finite or jumped; the last good weights were restored and training goes on with a smaller step.</summary>
/// <param name="Epoch">The epoch that diverged, which is begun again.</param>
/// <param name="Batch">The batch at which it was noticed.</param>
/// <param name="Loss">The loss that gave it away, in nats per token.</param>
/// <param name="ExpectedLoss">The best epoch's loss, which it was compared with.</param>
/// <param name="LearningRate">The learning rate from here on.</param>
public sealed record DivergenceDetected(int Epoch, int Batch, double Loss, double ExpectedLoss, double LearningRate) : TrainingEvent;

/// <summary>A checkpoint was written: from here a killed run can go on.</summary>
/// <param name="Path">The file.</param>
public sealed record CheckpointSaved(string Path) : TrainingEvent;

/// <summary>The last epoch is done.</summary>
/// <param name="Epochs">Epochs completed in all.</param>
/// <param name="Seconds">Seconds of training, over all sessions of the run.</param>
public sealed record TrainingCompleted(int Epochs, double Seconds) : TrainingEvent;

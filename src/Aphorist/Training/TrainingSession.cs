using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Aphorist.Text;
using Aphorist.Training.Distributed;
using Aphorist.Training.Runs;

namespace Aphorist.Training;

/// <summary>A training run in progress: trains batch by batch and writes the files of the run folder.</summary>
internal sealed class TrainingSession : IDisposable
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    private readonly LanguageModel model;
    private readonly Corpus corpus;
    private readonly TrainingOptions options;
    private readonly RunFolder? files;
    private readonly IProcessGroup processes;
    private readonly TrainingSplit split;
    private readonly BatchPlan plan;
    private readonly TokenSequence ids, validationIds;
    private readonly TrainingStep step;
    private readonly TrainingSnapshot snapshot;
    private readonly TrainingState state;
    private readonly StepMetrics metrics;
    private readonly Stopwatch sinceCheckpoint = Stopwatch.StartNew();
    private bool isCheckpointDue;
    private volatile bool isValidating;
    // Of the whole run, for other threads, which cannot read the history.
    private double secondsSoFar;

    public TrainingSession(
        LanguageModel model,
        Corpus corpus,
        Corpus? validation,
        TrainingOptions options,
        RunFolder? files,
        TrainingSplit split,
        TokenSequence ids,
        IProcessGroup processes)
    {
        this.processes = processes;
        (this.model, this.corpus, this.options, this.files, this.split, plan, this.ids) = (
            model, corpus, options, files, split, split.Plan, ids);
        validationIds = validation?.TokensOf(model.Tokenizer) ?? ids;
        step = new TrainingStep(model, ids, options, processes: processes);
        snapshot = new TrainingSnapshot(step.Parameters, step.Moments, step.States);
        try
        {
            state = PrepareState(RunIdentity.Create(corpus.Sha256, validation?.Sha256, model.Spec, options));
            metrics = new StepMetrics(state, files?.Steps, options.StepMetricsInterval, TokensPerPrediction, CharactersPerToken);
            metrics.RemoveLaterRows();
        }
        catch
        {
            step.Dispose();
            throw;
        }

        if (options.MaxValidationTokens is not null) state.ValidationCount ??= ValidationLimit.CountOf(options, split.ValidationCount, 0);
        if (CompletedEpochs > 0) model.Training = CreateRecord(CompletedEpochs, state.History[^1].Loss, state.History[^1].ValidationLoss);
        plan.StartEpoch(Epoch);
        secondsSoFar = Seconds + state.Seconds;
    }

    /// <summary>Whether training is complete. An epoch that the time budget cuts short is completed first.</summary>
    public bool IsDone => state.Batch == 0 && options.IsComplete(state.History);

    /// <summary>Whether a call of <see cref="Advance"/> was cancelled. The checkpoint is then written.</summary>
    public bool IsInterrupted { get; private set; }

    /// <summary>The limit of validations; null if there is none, or before it is decided.</summary>
    public ValidationLimited? Limit =>
        state.ValidationCount < split.ValidationCount ? new(state.ValidationCount.Value, split.ValidationCount) : null;

    /// <summary>Where training is. Any thread may ask.</summary>
    public TrainingPosition Position => new(
        Epoch, state.Batch, plan.BatchCount, isValidating, isValidating ? step.Evaluator.Share : step.Share,
        Volatile.Read(ref secondsSoFar));

    public int CompletedEpochs => state.History.Count;

    /// <summary>Seconds of training in all completed epochs.</summary>
    public double Seconds => state.History.Sum(epoch => epoch.Seconds);

    private int Epoch => state.History.Count + 1;

    private bool IsOutOfTime => options.TimeBudget is { } budget && Seconds + state.Seconds >= budget.TotalSeconds;

    private bool EndsEpoch => state.Batch == plan.BatchCount || IsOutOfTime;

    private bool IsValidationDue =>
        options.ValidationInterval > 0 && split.ValidationCount > 0 && state.Batch % options.ValidationInterval == 0 && !EndsEpoch;

    /// <summary>The share of the whole training that is done: of its epochs or of its time, whichever is larger.</summary>
    private double Progress
    {
        get
        {
            double epochs = EpochsDone / options.Epochs;
            return options.TimeBudget is { } budget ? Math.Max(epochs, (Seconds + state.Seconds) / budget.TotalSeconds) : epochs;
        }
    }

    /// <summary>
    /// The training loss of the best epoch. Before there is one, that of a uniform guess, or of the first batch if it is higher: dropout
    /// and layer normalization can make untrained weights worse than a guess.
    /// </summary>
    private double ExpectedLoss => state.History.Count > 0
        ? state.History.Min(epoch => epoch.Loss)
        : Math.Max(Math.Log(model.Tokenizer.VocabularySize), state.InitialLoss ?? 0);

    private int TokensPerPrediction => options.Objective == Objective.Windows ? model.Spec.Window : 1;

    private double CharactersPerToken => (double)corpus.CharacterCount / ids.Count;

    private double CharactersPerSecond => state.Predictions / state.Seconds * TokensPerPrediction * CharactersPerToken;

    /// <summary>Epochs since the start of the run, with a fraction for the current one.</summary>
    private double EpochsDone => CompletedEpochs + (double)state.Batch / plan.BatchCount;

    /// <summary>
    /// Trains until there is something to report. A cancellation stops within a batch or a validation, which the resumed run repeats.
    /// </summary>
    public IReadOnlyList<TrainingEvent> Advance(CancellationToken cancellationToken)
    {
        try
        {
            return AdvanceToEvent(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // One of the processes was cancelled, and all stop after the same batch.
            IsInterrupted = true;
            IReadOnlyList<CheckpointSaved> saved = SaveCheckpoint();
            // The others do not leave before rank 0 has written the checkpoint: a launcher may end a job when one process ends.
            processes.Broadcast(new byte[1]);
            return saved;
        }
    }

    public void Dispose() => step.Dispose();

    private IReadOnlyList<TrainingEvent> AdvanceToEvent(CancellationToken cancellationToken)
    {
        step.Cancellation = cancellationToken;
        Stopwatch clock = Stopwatch.StartNew();
        double before = state.Seconds, beforeEpoch = Seconds, expected = ExpectedLoss;
        bool isRowDue = false;
        while (!EndsEpoch)
        {
            if (!state.IsValidationPending)
            {
                double loss = TrainBatch(), seconds = before + clock.Elapsed.TotalSeconds, elapsed = seconds - state.Seconds;
                if (state.Steps == 1) expected = ExpectedLoss; // which the first loss can have changed
                SynchronizeClock(ref seconds, ref elapsed);
                state.Seconds = seconds;
                Volatile.Write(ref secondsSoFar, beforeEpoch + seconds);
                if (HasDiverged(loss, expected)) return [ReturnToGoodWeights(loss)];
                state.IsValidationPending = IsValidationDue;
                isRowDue = metrics.AddTime(elapsed);
                if (isRowDue && state.IsValidationPending) return [CompleteSteps()];
            }

            if (state.IsValidationPending && DecidesLimit()) return [Limit!];
            if (state.IsValidationPending) return [ValidateWithinEpoch(cancellationToken), .. isCheckpointDue ? SaveCheckpoint() : []];
            StepsCompleted[] row = isRowDue ? [CompleteSteps()] : [];
            if (isCheckpointDue || isRowDue) return [.. row, CreateProgress(), .. isCheckpointDue ? SaveCheckpoint() : []];
            bool isProgressDue = state.Seconds - before > ProgressInterval.TotalSeconds;
            if (isProgressDue && state.Batch < plan.BatchCount) return [CreateProgress()];
        }

        // No loss shows what the last step of an epoch did, so the weights are checked (an average of them is finite only if they are).
        bool isFinite = TensorPrimitives.IsFiniteAll<float>(model.Parameters.Values);
        if (!isFinite && HasDiverged(double.NaN, expected)) return [ReturnToGoodWeights(double.NaN)];
        return DecidesLimit() ? [Limit!] : CompleteEpoch(cancellationToken);
    }

    /// <summary>Decides before the first validation how much of the validation set is measured.</summary>
    /// <returns>Whether that is only a part.</returns>
    private bool DecidesLimit()
    {
        if (state.ValidationCount is not null) return false;
        state.ValidationCount = ValidationLimit.CountOf(options, split.ValidationCount, state.Predictions);
        return Limit is not null;
    }

    /// <summary>Continues with the clock of rank 0, so that all processes decide the same.</summary>
    private void SynchronizeClock(ref double seconds, ref double elapsed)
    {
        ClockReading reading = new(seconds, elapsed, sinceCheckpoint.Elapsed > options.CheckpointInterval);
        processes.Broadcast(MemoryMarshal.AsBytes(new Span<ClockReading>(ref reading)));
        (seconds, elapsed, isCheckpointDue) = (reading.Seconds, reading.Elapsed, reading.IsCheckpointDue);
    }

    /// <summary>Gets the state and the arrays to start from: those of rank 0, which has the files.</summary>
    private TrainingState PrepareState(RunIdentity identity)
    {
        if (processes.Size == 1) return LoadOrCreateState(identity);
        string json = processes.ComputeOnce(() => Checkpoint.Serialize(LoadOrCreateState(identity)));
        if (processes.Rank > 0) LoadOrCreateState(identity);
        TrainingState shared = Checkpoint.Parse(json);
        foreach ((_, Memory<float> values) in snapshot.Named) processes.Broadcast(MemoryMarshal.AsBytes(values.Span));
        step.StepsBefore = shared.StepsBefore;
        return shared;
    }

    private TrainingState LoadOrCreateState(RunIdentity identity)
    {
        OptimizerState? imported = model.OptimizerState;
        // It does not belong to the weights any more once they are trained.
        model.OptimizerState = null;
        model.TrainedMode = options.Objective == Objective.Windows ? GenerationMode.Window : GenerationMode.Stateful;
        if (files is not null && File.Exists(files.Checkpoint))
        {
            TrainingState saved = Checkpoint.Load(files.Checkpoint, identity, snapshot);
            step.StepsBefore = saved.StepsBefore;
            // Checkpoints of earlier versions lack it.
            if (saved.CompletedSteps == 0) saved.CompletedSteps = saved.Steps - saved.Batch;
            return saved;
        }

        if (imported is not null) step.TryContinueFrom(imported);
        snapshot.MarkGood();
        TrainingState created = new() { Identity = identity, LearningRate = options.LearningRate, StepsBefore = step.StepsBefore };
        if (files is not null)
        {
            // Written before anything else, so that a folder with results and without a checkpoint is one whose checkpoint was lost.
            files.EnsureNoResults();
            Checkpoint.Save(files.Checkpoint, created, snapshot);
        }

        return created;
    }

    private double TrainBatch()
    {
        if (state.Batch == 0) step.ResetStates();
        ReadOnlySpan<long> starts = plan.GetBatch(state.Batch, out int steps);
        double rate = LearningRate.At(options, state, Progress);
        (double loss, int correct) = step.Run(starts, steps, state.Steps + 1, (float)rate);
        int predictions = options.Objective == Objective.Windows ? starts.Length : starts.Length * steps;
        state.Batch++;
        state.Steps++;
        state.LossSum += loss;
        if (double.IsFinite(loss)) state.InitialLoss ??= loss / predictions;
        state.Correct += correct;
        state.Predictions += predictions;
        metrics.Add(loss, predictions, rate, step.GradientNorm);
        return loss / predictions;
    }

    private bool HasDiverged(double loss, double expected)
    {
        if (options.DivergenceGuard) return DivergenceGuard.HasDiverged(state, loss, expected, EndsEpoch);
        if (double.IsFinite(loss)) return false;
        throw new TrainingDivergedException(
            $"The loss of batch {state.Batch} in epoch {Epoch} is not a number, and the divergence guard is off. "
            + "Use a lower learning rate, or turn the guard on.");
    }

    private DivergenceDetected ReturnToGoodWeights(double loss)
    {
        if (state.Divergences == DivergenceGuard.MaxDivergences)
        {
            throw new TrainingDivergedException(string.Create(
                CultureInfo.InvariantCulture,
                $"Training diverged {state.Divergences + 1} times, last with a learning rate of {state.LearningRate:G3}. "
                + $"Start a new run with a lower one."));
        }

        double recent = double.IsFinite(loss) ? state.RecentLoss : loss;
        (int batch, double expected) = (state.Batch, ExpectedLoss);
        DivergenceGuard.RestartEpoch(state);
        metrics.RestartEpoch();
        snapshot.RestoreGood();
        return new DivergenceDetected(Epoch, batch, recent, expected, state.LearningRate);
    }

    private TrainingProgress CreateProgress()
    {
        double batchesLeft = (double)(options.Epochs - CompletedEpochs) * plan.BatchCount - state.Batch;
        double secondsLeft = state.Seconds / state.Batch * batchesLeft;
        if (options.TimeBudget is { } budget) secondsLeft = Math.Min(secondsLeft, budget.TotalSeconds - Seconds - state.Seconds);
        return new TrainingProgress(
            Epoch, state.Batch, plan.BatchCount, state.LossSum / state.Predictions, (double)state.Correct / state.Predictions,
            CharactersPerSecond, TimeSpan.FromSeconds(Math.Max(0, secondsLeft)));
    }

    private IReadOnlyList<TrainingEvent> CompleteEpoch(CancellationToken cancellationToken)
    {
        double loss = state.LossSum / state.Predictions, rate = LearningRate.At(options, state, Progress);
        Evaluation? validation = Validate(cancellationToken);
        step.Complete();
        EpochCompleted completed = new(
            Epoch, loss, (double)state.Correct / state.Predictions, validation?.LossPerToken, validation?.Accuracy, state.Seconds,
            CharactersPerSecond, rate, UpdateBestLoss(validation?.LossPerToken ?? loss));
        // The last row has the rest of the steps.
        StepsCompleted[] last = metrics.IsPending && options.IsComplete([.. state.History, completed]) ? [CompleteSteps()] : [];
        metrics.CompleteEpoch();
        state.History.Add(completed);
        if (!options.DivergenceGuard || DivergenceGuard.IsHealthy(state, ExpectedLoss))
        {
            snapshot.MarkGood();
            state.GoodSteps = state.Steps;
        }

        state.RestartEpoch();
        plan.StartEpoch(Epoch);
        model.Training = CreateRecord(completed.Epoch, completed.Loss, completed.ValidationLoss);
        return [.. last, .. SaveEpoch(completed.IsBest), completed];
    }

    private StepsCompleted CompleteSteps() => metrics.Complete(EpochsDone, Seconds + state.Seconds);

    private ValidationMeasured ValidateWithinEpoch(CancellationToken cancellationToken)
    {
        Evaluation validation = Validate(cancellationToken)!.Value;
        state.IsValidationPending = false;
        bool isBest = UpdateBestLoss(validation.LossPerToken);
        if (isBest && files is not null)
        {
            model.Training = CreateRecord(Epoch, state.LossSum / state.Predictions, validation.LossPerToken);
            model.Save(files.BestModel);
        }

        return new ValidationMeasured(Epoch, state.Batch, validation.LossPerToken, validation.Accuracy, Seconds + state.Seconds, isBest);
    }

    private Evaluation? Validate(CancellationToken cancellationToken)
    {
        if (split.ValidationCount == 0) return null;
        isValidating = true;
        try
        {
            step.Evaluator.RefreshWeights();
            long count = state.ValidationCount!.Value;
            return options.Objective == Objective.Windows
                ? step.Evaluator.EvaluateWindows(validationIds, count, split.ValidationWindows.Spread(count), cancellationToken)
                : step.Evaluator.EvaluateStream(validationIds, split.ValidationStart, count, cancellationToken);
        }
        finally
        {
            isValidating = false;
        }
    }

    /// <summary>Whether a loss is the lowest so far. If so, it becomes the best loss.</summary>
    private bool UpdateBestLoss(double loss)
    {
        bool isBest = !(loss >= state.BestLoss) && double.IsFinite(loss);
        if (isBest) state.BestLoss = loss;
        return isBest;
    }

    /// <summary>The checkpoint comes last: after a kill before it, the epoch is repeated and the same files are written again.</summary>
    private IReadOnlyList<CheckpointSaved> SaveEpoch(bool isBest)
    {
        if (files is null) return [];
        if (isBest) model.Save(files.BestModel);
        model.Save(files.LastModel);
        MetricsFile.Write(files.Metrics, state.History);
        return SaveCheckpoint();
    }

    private IReadOnlyList<CheckpointSaved> SaveCheckpoint()
    {
        sinceCheckpoint.Restart();
        isCheckpointDue = false;
        step.Complete();
        if (files is null) return [];
        SaveFirstModel(files);
        StepsFile.Flush(files.Steps);
        Checkpoint.Save(files.Checkpoint, state, snapshot);
        return [new CheckpointSaved(files.Checkpoint)];
    }

    /// <summary>
    /// Saves the model during the first epoch, which can take hours. Later there are the models of whole epochs.
    /// </summary>
    private void SaveFirstModel(RunFolder folder)
    {
        double loss = state.LossSum / state.Predictions;
        // It is not a number before the first batch.
        if (CompletedEpochs > 0 || !double.IsFinite(loss)) return;
        model.Training = CreateRecord(epochs: 0, loss, validationLoss: null);
        model.Save(folder.LastModel);
    }

    private TrainingRecord CreateRecord(int epochs, double loss, double? validationLoss) => new()
    {
        Corpus = corpus.Name,
        CorpusSha256 = corpus.Sha256,
        Preset = options.Preset,
        Seed = options.Seed,
        Epochs = epochs,
        Loss = loss,
        ValidationLoss = validationLoss,
        Version = ModelFileInfo.LibraryVersion,
    };

    /// <summary>The clock of rank 0 after a batch.</summary>
    private readonly record struct ClockReading(double Seconds, double Elapsed, bool IsCheckpointDue);
}

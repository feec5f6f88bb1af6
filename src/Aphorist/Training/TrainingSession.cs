using System.Diagnostics;
using System.Numerics.Tensors;
using Aphorist.Text;
using Aphorist.Training.Runs;

namespace Aphorist.Training;

/// <summary>A run while it runs: advances batch by batch and writes what the run folder holds.</summary>
internal sealed class TrainingSession : IDisposable
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    private readonly LanguageModel model;
    private readonly Corpus corpus;
    private readonly TrainingOptions options;
    private readonly RunFolder? folder;
    private readonly TrainingSplit split;
    private readonly BatchPlan plan;
    private readonly TokenSequence ids, validationIds;
    private readonly TrainingStep step;
    private readonly TrainingSnapshot arenas;
    private readonly TrainingState state;
    private readonly Stopwatch sinceCheckpoint = Stopwatch.StartNew();

    public TrainingSession(LanguageModel model, Corpus corpus, Corpus? validation, TrainingOptions options, RunFolder? folder, TrainingSplit split, TokenSequence ids)
    {
        (this.model, this.corpus, this.options, this.folder, this.split, plan) = (model, corpus, options, folder, split, split.Plan);
        this.ids = ids;
        validationIds = validation?.TokensOf(model.Tokenizer) ?? ids;
        step = new TrainingStep(model, ids, options);
        arenas = new TrainingSnapshot(step.Parameters, step.Moments, step.States);
        RunIdentity identity = RunIdentity.Create(corpus.Sha256, validation?.Sha256, model.Spec, options);
        try
        {
            state = Begin(identity);
        }
        catch
        {
            step.Dispose();
            throw;
        }

        if (CompletedEpochs > 0) model.Training = Record(CompletedEpochs, state.History[^1].Loss, state.History[^1].ValidationLoss);
        plan.Begin(Epoch);
    }

    /// <summary>Whether every epoch is done, or there is no more time, or no hope. An epoch cut short by the time is completed first.</summary>
    public bool IsDone => state.Batch == 0 && options.IsComplete(state.History);

    public int CompletedEpochs => state.History.Count;

    /// <summary>Seconds of training in all completed epochs.</summary>
    public double Seconds => state.History.Sum(epoch => epoch.Seconds);

    private int Epoch => state.History.Count + 1;

    private bool IsOutOfTime => options.TimeBudget is { } budget && Seconds + state.Seconds >= budget.TotalSeconds;

    /// <summary>Share of the whole training that is done: of its epochs or of its time, whichever is further.</summary>
    private double Done
    {
        get
        {
            double epochs = (CompletedEpochs + (double)state.Batch / plan.BatchCount) / options.Epochs;
            return options.TimeBudget is { } budget ? Math.Max(epochs, (Seconds + state.Seconds) / budget.TotalSeconds) : epochs;
        }
    }

    /// <summary>The best epoch's training loss, but no more than guessing costs.</summary>
    private double ExpectedLoss => state.History.Select(epoch => epoch.Loss).Append(Math.Log(model.Tokenizer.VocabularySize)).Min();

    /// <summary>Trains until there is something to tell.</summary>
    public IReadOnlyList<TrainingEvent> Advance(CancellationToken cancellationToken)
    {
        Stopwatch clock = Stopwatch.StartNew();
        double before = state.Seconds, expected = ExpectedLoss;
        while (state.Batch < plan.BatchCount && !IsOutOfTime)
        {
            if (cancellationToken.IsCancellationRequested) return SaveCheckpoint();
            double loss = TrainBatch();
            state.Seconds = before + clock.Elapsed.TotalSeconds;
            if (HasDiverged(loss, expected)) return [ReturnToGoodWeights(loss)];
            bool isCheckpointDue = sinceCheckpoint.Elapsed > options.CheckpointInterval;
            if (IsValidationDue) return [MeasureValidation(), .. isCheckpointDue ? SaveCheckpoint() : []];
            if (isCheckpointDue) return [Progress(), .. SaveCheckpoint()];
            if (clock.Elapsed > ProgressInterval && state.Batch < plan.BatchCount) return [Progress()];
        }

        // What the last batch's step did shows in no loss; good weights must at least be numbers, and so is an average only if they are.
        if (!TensorPrimitives.IsFiniteAll<float>(model.Parameters.Values) && HasDiverged(double.NaN, expected)) return [ReturnToGoodWeights(double.NaN)];
        return CompleteEpoch();
    }

    public void Dispose() => step.Dispose();

    /// <summary>The run as the folder's checkpoint holds it, or a new one.</summary>
    private TrainingState Begin(RunIdentity identity)
    {
        OptimizerState? accumulated = model.OptimizerState;
        // The model that is trained and saved from now on has an optimizer of its own.
        model.OptimizerState = null;
        if (folder is not null && File.Exists(folder.Checkpoint))
        {
            TrainingState saved = Checkpoint.Load(folder.Checkpoint, identity, arenas);
            step.StepsBefore = saved.StepsBefore;
            return saved;
        }

        if (accumulated is not null) step.GoOnFrom(accumulated);
        arenas.Keep();
        return new TrainingState { Identity = identity, LearningRate = options.LearningRate, StepsBefore = step.StepsBefore };
    }

    private double TrainBatch()
    {
        if (state.Batch == 0) step.ResetStates();
        ReadOnlySpan<long> starts = plan.Batch(state.Batch, out int steps);
        (double loss, int correct) = step.Run(starts, steps, state.Steps + 1, (float)LearningRate.At(options, state, Done));
        int predictions = options.Objective == Objective.Windows ? starts.Length : starts.Length * steps;
        state.Batch++;
        state.Steps++;
        state.LossSum += loss;
        state.Correct += correct;
        state.Predictions += predictions;
        return loss / predictions;
    }

    private bool HasDiverged(double loss, double expected)
    {
        if (options.DivergenceGuard) return DivergenceGuard.HasDiverged(state, loss, expected, endsEpoch: state.Batch == plan.BatchCount || IsOutOfTime);
        return double.IsFinite(loss)
            ? false
            : throw new TrainingDivergedException(
                $"The loss of batch {state.Batch} in epoch {Epoch} is not a number, and the divergence guard is off; lower the learning rate or turn the guard on.");
    }

    private DivergenceDetected ReturnToGoodWeights(double loss)
    {
        if (state.Divergences == DivergenceGuard.MostDivergences)
        {
            throw new TrainingDivergedException(
                FormattableString.Invariant($"Training diverged {state.Divergences + 1} times, the last time with a learning rate of {state.LearningRate:G3}; begin anew with a lower one."));
        }

        double recent = double.IsFinite(loss) ? state.RecentLoss : loss;
        (int batch, double expected) = (state.Batch, ExpectedLoss);
        DivergenceGuard.Return(state);
        arenas.Restore();
        return new DivergenceDetected(Epoch, batch, recent, expected, state.LearningRate);
    }

    private TrainingProgress Progress()
    {
        double perBatch = state.Seconds / state.Batch;
        double batchesLeft = (double)(options.Epochs - state.History.Count) * plan.BatchCount - state.Batch, secondsLeft = perBatch * batchesLeft;
        if (options.TimeBudget is { } budget) secondsLeft = Math.Min(secondsLeft, budget.TotalSeconds - Seconds - state.Seconds);
        return new TrainingProgress(
            Epoch, state.Batch, plan.BatchCount, state.LossSum / state.Predictions, (double)state.Correct / state.Predictions,
            CharactersPerSecond, TimeSpan.FromSeconds(Math.Max(0, secondsLeft)));
    }

    private double CharactersPerSecond => TokensPerSecond * corpus.CharacterCount / ids.Count;

    private double TokensPerSecond => state.Predictions / state.Seconds * (options.Objective == Objective.Windows ? model.Spec.Window : 1);

    private IReadOnlyList<TrainingEvent> CompleteEpoch()
    {
        double loss = state.LossSum / state.Predictions, rate = LearningRate.At(options, state, Done);
        Evaluation? validation = Validate();
        EpochCompleted completed = new(
            Epoch, loss, (double)state.Correct / state.Predictions, validation?.LossPerToken, validation?.Accuracy, state.Seconds,
            CharactersPerSecond, rate, IsBest(validation?.LossPerToken ?? loss));
        state.History.Add(completed);
        if (!options.DivergenceGuard || DivergenceGuard.IsHealthy(state, ExpectedLoss))
        {
            arenas.Keep();
            state.GoodSteps = state.Steps;
        }

        state.RestartEpoch();
        plan.Begin(Epoch);
        model.Training = Record(completed.Epoch, completed.Loss, completed.ValidationLoss);
        return [.. SaveModels(completed.IsBest), completed];
    }

    private bool IsValidationDue =>
        options.ValidationInterval > 0 && split.ValidationCount > 0 && state.Batch % options.ValidationInterval == 0 && state.Batch < plan.BatchCount && !IsOutOfTime;

    private ValidationMeasured MeasureValidation()
    {
        Evaluation validation = Validate()!.Value;
        ValidationMeasured measured = new(
            Epoch, state.Batch, validation.LossPerToken, validation.Accuracy, Seconds + state.Seconds, IsBest(validation.LossPerToken));
        if (measured.IsBest && folder is not null)
        {
            model.Training = Record(Epoch, state.LossSum / state.Predictions, validation.LossPerToken);
            model.Save(folder.BestModel);
        }

        return measured;
    }

    /// <summary>Whether a loss is the lowest so far; it is then remembered.</summary>
    private bool IsBest(double loss)
    {
        bool isBest = !(loss >= state.BestLoss) && double.IsFinite(loss);
        if (isBest) state.BestLoss = loss;
        return isBest;
    }

    private Evaluation? Validate()
    {
        if (split.ValidationCount == 0) return null;
        step.Evaluator.Begin();
        return options.Objective == Objective.Windows
            ? step.Evaluator.Windows(validationIds, split.ValidationCount, split.ValidationWindows.StartOf)
            : step.Evaluator.Stream(validationIds, split.ValidationStart);
    }

    /// <summary>The checkpoint comes last: a kill before it repeats the epoch and writes the same models again.</summary>
    private IReadOnlyList<CheckpointSaved> SaveModels(bool best)
    {
        if (folder is null) return [];
        if (best) model.Save(folder.BestModel);
        model.Save(folder.LastModel);
        MetricsFile.Write(folder.Metrics, state.History);
        return SaveCheckpoint();
    }

    private IReadOnlyList<CheckpointSaved> SaveCheckpoint()
    {
        sinceCheckpoint.Restart();
        if (folder is null) return [];
        Checkpoint.Save(folder.Checkpoint, state, arenas);
        return [new CheckpointSaved(folder.Checkpoint)];
    }

    private TrainingRecord Record(int epochs, double loss, double? validationLoss) => new()
    {
        Corpus = corpus.Name,
        CorpusSha256 = corpus.Sha256,
        Preset = options.Preset,
        Seed = options.Seed,
        Epochs = epochs,
        Loss = loss,
        ValidationLoss = validationLoss,
        Version = typeof(TrainingSession).Assembly.GetName().Version!.ToString(3),
    };
}

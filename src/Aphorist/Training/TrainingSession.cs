using System.Diagnostics;
using System.Numerics.Tensors;
using Aphorist.Model;
using Aphorist.Storage;
using Aphorist.Text;

namespace Aphorist.Training;

/// <summary>A run while it runs: advances batch by batch and writes what the run folder holds.</summary>
internal sealed class TrainingSession : IDisposable
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    private readonly LanguageModel model;
    private readonly Corpus corpus;
    private readonly TrainingOptions options;
    private readonly RunFolder? folder;
    private readonly WindowSet windows;
    private readonly TrainingStep step;
    private readonly TrainingArenas arenas;
    private readonly TrainingState state;
    private readonly Stopwatch sinceCheckpoint = Stopwatch.StartNew();
    private int[] order;

    public TrainingSession(LanguageModel model, Corpus corpus, TrainingOptions options, RunFolder? folder, WindowSet windows, int[] ids)
    {
        (this.model, this.corpus, this.options, this.folder, this.windows) = (model, corpus, options, folder, windows);
        step = new TrainingStep(model, ids, options.BatchSize, options.Threads);
        int length = model.Parameters.Values.Length;
        arenas = new TrainingArenas(model.Parameters.Memory, step.MeanSquare, new float[length], new float[length]);
        RunIdentity identity = new(
            corpus.Sha256, model.Spec, options.Step, options.BatchSize, options.LearningRate, options.ValidationShare, options.Seed, options.DivergenceGuard);
        try
        {
            state = Begin(identity);
        }
        catch
        {
            step.Dispose();
            throw;
        }

        if (CompletedEpochs > 0) model.Training = Record(state.History[^1]);
        order = windows.Shuffle(options.Seed, Epoch);
    }

    /// <summary>Whether every epoch is done.</summary>
    public bool IsDone => state.History.Count >= options.Epochs;

    public int CompletedEpochs => state.History.Count;

    /// <summary>Seconds of training in all completed epochs.</summary>
    public double Seconds => state.History.Sum(epoch => epoch.Seconds);

    private int Epoch => state.History.Count + 1;

    private int BatchCount => (windows.TrainingCount + options.BatchSize - 1) / options.BatchSize;

    /// <summary>The best epoch's training loss, but no more than guessing costs.</summary>
    private double ExpectedLoss => state.History.Select(epoch => epoch.Loss).Append(Math.Log(model.Vocabulary.Count)).Min();

    /// <summary>Trains until there is something to tell.</summary>
    public IReadOnlyList<TrainingEvent> Advance(CancellationToken cancellationToken)
    {
        Stopwatch clock = Stopwatch.StartNew();
        double before = state.Seconds, expected = ExpectedLoss;
        while (state.Batch < BatchCount)
        {
            if (cancellationToken.IsCancellationRequested) return SaveCheckpoint();
            double loss = TrainBatch();
            state.Seconds = before + clock.Elapsed.TotalSeconds;
            if (HasDiverged(loss, expected)) return [ReturnToGoodWeights(loss)];
            if (sinceCheckpoint.Elapsed > options.CheckpointInterval) return [Progress(), .. SaveCheckpoint()];
            if (clock.Elapsed > ProgressInterval && state.Batch < BatchCount) return [Progress()];
        }

        // What the last batch's step did shows in no loss; good weights must at least be numbers.
        if (!TensorPrimitives.IsFiniteAll<float>(model.Parameters.Values) && HasDiverged(double.NaN, expected)) return [ReturnToGoodWeights(double.NaN)];
        return CompleteEpoch();
    }

    public void Dispose() => step.Dispose();

    /// <summary>The run as the folder's checkpoint holds it, or a new one.</summary>
    private TrainingState Begin(RunIdentity identity)
    {
        if (folder is not null && File.Exists(folder.Checkpoint)) return Checkpoint.Load(folder.Checkpoint, identity, arenas);
        arenas.Keep();
        return new TrainingState { Identity = identity, LearningRate = options.LearningRate };
    }

    private double TrainBatch()
    {
        int start = state.Batch * options.BatchSize, count = Math.Min(options.BatchSize, order.Length - start);
        (double loss, int correct) = step.Run(order.AsSpan(start, count), (float)state.LearningRate);
        state.Batch++;
        state.LossSum += loss;
        state.Correct += correct;
        state.Windows += count;
        return loss / count;
    }

    private bool HasDiverged(double loss, double expected)
    {
        if (options.DivergenceGuard) return DivergenceGuard.HasDiverged(state, loss, expected, endsEpoch: state.Batch == BatchCount);
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
                $"Training diverged {state.Divergences + 1} times, the last time with a learning rate of {state.LearningRate:G3}; begin anew with a lower one.");
        }

        double recent = double.IsFinite(loss) ? state.RecentLoss : loss;
        (int batch, double expected) = (state.Batch, ExpectedLoss);
        DivergenceGuard.Return(state);
        arenas.Restore();
        return new DivergenceDetected(Epoch, batch, recent, expected, state.LearningRate);
    }

    private TrainingProgress Progress()
    {
        double perWindow = state.Seconds / state.Windows;
        double windowsLeft = (double)(options.Epochs - state.History.Count) * windows.TrainingCount - state.Windows;
        return new TrainingProgress(
            Epoch, state.Batch, BatchCount, state.LossSum / state.Windows, (double)state.Correct / state.Windows,
            model.Spec.Window / perWindow, TimeSpan.FromSeconds(perWindow * windowsLeft));
    }

    private IReadOnlyList<TrainingEvent> CompleteEpoch()
    {
        double loss = state.LossSum / state.Windows;
        (double? validationLoss, double? validationAccuracy) = Validate();
        double best = state.History.Count == 0 ? double.PositiveInfinity : state.History.Min(epoch => epoch.ValidationLoss ?? epoch.Loss);
        EpochCompleted completed = new(
            Epoch, loss, (double)state.Correct / state.Windows, validationLoss, validationAccuracy, state.Seconds,
            model.Spec.Window * state.Windows / state.Seconds, state.LearningRate, IsBest: (validationLoss ?? loss) < best);
        state.History.Add(completed);
        if (!options.DivergenceGuard || DivergenceGuard.IsHealthy(state, ExpectedLoss)) arenas.Keep();
        state.RestartEpoch();
        order = windows.Shuffle(options.Seed, Epoch);
        model.Training = Record(completed);
        return [.. SaveModels(completed.IsBest), completed];
    }

    private (double? Loss, double? Accuracy) Validate()
    {
        int count = windows.Validation.Length;
        if (count == 0) return (null, null);
        (double loss, int correct) = (0, 0);
        for (int start = 0; start < count; start += options.BatchSize)
        {
            (double Loss, int Correct) batch = step.Evaluate(windows.Validation.AsSpan(start, Math.Min(options.BatchSize, count - start)));
            loss += batch.Loss;
            correct += batch.Correct;
        }

        return (loss / count, (double)correct / count);
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

    private TrainingRecord Record(EpochCompleted epoch) => new()
    {
        Corpus = corpus.Name,
        CorpusSha256 = corpus.Sha256,
        Preset = options.Preset,
        Seed = options.Seed,
        Epochs = epoch.Epoch,
        Loss = epoch.Loss,
        ValidationLoss = epoch.ValidationLoss,
        Version = typeof(TrainingSession).Assembly.GetName().Version!.ToString(3),
    };
}

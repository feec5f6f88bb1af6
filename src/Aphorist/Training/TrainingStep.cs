using System.Runtime.InteropServices;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Text;
using Aphorist.Training.Distributed;
using Aphorist.Training.Optimizers;

namespace Aphorist.Training;

/// <summary>
/// One complete training step: packs the parameters, runs the shards of a batch forward and backward, adds up their gradients and updates
/// the parameters. A step allocates nothing.
/// </summary>
/// <remarks>
/// A batch is divided into shards of a fixed number of sequences. Each shard has its own gradient, whichever thread computes it, and the
/// gradients are added up in a fixed order. So the result does not depend on the number of threads. Several processes compute different
/// shards and update different parameters, and exchange the gradients before and the parameters after the update: the order of the sum is
/// the same, and so is the result.
/// </remarks>
internal sealed unsafe partial class TrainingStep : IDisposable
{
    private readonly LanguageModel model;
    private readonly TokenSequence ids;
    private readonly TrainingOptions options;
    private readonly Optimizer optimizer;
    private readonly WeightAverage? average;
    private readonly Workers workers;
    private readonly IProcessGroup processes;
    private readonly ShardBlock block;
    private readonly ParameterPieces? pieces;
    private readonly PackedWeights weights;
    private readonly int shardRows;
    private readonly bool isStream;

    // One per thread.
    private readonly TrainingNetwork[] networks;
    private readonly AlignedArray[] masks;
    private readonly int[][] tokens, sequences;

    // One per shard of this process.
    private readonly AlignedArray[] gradients;
    private readonly nint[] gradientPointers;

    // One per shard of all processes.
    private readonly ShardResult[] results;
    private readonly AlignedArray states, statesBefore;

    // One per chunk.
    private readonly double[] squares;

    private readonly AlignedArray[] moments;
    private readonly long[] starts;
    private readonly Action<int, int> refreshWeights, trainShard, addGradients, addPieces, updateParameters, updatePiece, updateAverage,
        addAndUpdate;

    // The current batch.
    private int count, steps, shards;
    private long countOfSteps;
    private OptimizerStep current;
    private bool areMomentsComplete = true;

    /// <param name="model">The model, which is trained in place. With an EMA it holds the average.</param>
    /// <param name="ids">The corpus.</param>
    /// <param name="options">The training options.</param>
    /// <param name="instructionSet">The kernels to use; the best of this machine by default.</param>
    /// <param name="processes">The processes that train together; this one alone by default.</param>
    public TrainingStep(
        LanguageModel model,
        TokenSequence ids,
        TrainingOptions options,
        InstructionSet? instructionSet = null,
        IProcessGroup? processes = null)
    {
        this.processes = processes ??= SingleProcess.Instance;
        average = options.EmaDecay > 0 ? new WeightAverage(model, options.EmaDecay) : null;
        (this.model, this.ids, this.options) = (average?.Trained ?? model, ids, options);
        isStream = options.Objective == Objective.Stream;
        shardRows = ShardRows(model.Spec, options.BatchSize);
        block = new ShardBlock(CountShards(options.BatchSize), processes.Rank, processes.Size);
        int length = model.Parameters.Values.Length, maxSteps = MaxSteps(model.Spec, options);
        int processors = Math.Max(1, Environment.ProcessorCount / processes.LocalSize);
        int ownShards = Math.Min(block.Length, block.Shards);
        workers = new Workers(Math.Min(options.Threads > 0 ? options.Threads : processors, ownShards));
        if (processes.Size > 1) pieces = new ParameterPieces(processes, length, ChunkLength);
        weights = new PackedWeights(this.model, instructionSet ?? InstructionSet.Current, forTraining: true);
        optimizer = Optimizer.Create(options.Optimizer, options.WeightDecay);
        Evaluator = new Evaluator(average is null ? weights : new PackedWeights(model, weights.InstructionSet), workers, processes);

        networks = CreateEach(workers.Count, () => new TrainingNetwork(weights, shardRows, maxSteps, !isStream, options.Dropout > 0));
        masks = CreateEach(workers.Count, () =>
            new AlignedArray(options.Dropout > 0 ? model.Spec.Layers * shardRows * model.Spec.HiddenSize : 0));
        tokens = CreateEach(workers.Count, () => GC.AllocateArray<int>((maxSteps + 1) * shardRows, pinned: true));
        sequences = CreateEach(workers.Count, () => new int[maxSteps + 1]);
        gradients = CreateEach(ownShards, () => new AlignedArray(pieces?.AllLength ?? length));
        gradientPointers = [.. gradients.Select(gradient => (nint)gradient.Pointer)];
        results = GC.AllocateArray<ShardResult>(processes.Size == 1 ? block.Shards : block.Length * processes.Size, pinned: true);
        states = new AlignedArray(isStream ? StateLength * results.Length : 0);
        statesBefore = new AlignedArray(OwnStates.Length);
        squares = GC.AllocateArray<double>(pieces?.AllChunks ?? (length + ChunkLength - 1) / ChunkLength, pinned: true);
        moments = CreateEach(optimizer.Moments.Count, () => new AlignedArray(length));
        starts = new long[options.BatchSize];

        // Created once, because a step must not allocate.
        refreshWeights = (part, _) => weights.Refresh(part);
        trainShard = TrainShard;
        addGradients = (chunk, _) => AddGradients(chunk);
        addPieces = (chunk, _) => AddPieces(chunk);
        updateParameters = (chunk, _) => UpdateParameters(chunk);
        updatePiece = (chunk, _) => UpdateParameters(pieces!.FirstChunk + chunk);
        updateAverage = (chunk, _) => UpdateAverage(chunk);
        addAndUpdate = (chunk, _) =>
        {
            AddGradients(chunk);
            UpdateParameters(chunk);
        };
    }

    /// <summary>The parameters that the optimizer updates: those of the model or, with an EMA, those that are averaged.</summary>
    public Memory<float> Parameters => model.Parameters.Memory;

    /// <summary>The moments of the optimizer by name, and the EMA if there is one. They have the layout of the parameters.</summary>
    public IReadOnlyList<(string Name, Memory<float> Values)> Moments
    {
        get
        {
            IEnumerable<(string, Memory<float>)> named = optimizer.Moments.Select((name, index) => (name, moments[index].Memory));
            return average is null ? [.. named] : [.. named, average.Array];
        }
    }

    /// <summary>Steps that the optimizer had done before the first.</summary>
    public long StepsBefore { get; set; }

    /// <summary>The states of the streams. Empty for windows, which start from zero states.</summary>
    public Memory<float> States => isStream ? states.Memory[..(StateLength * block.Shards)] : states.Memory;

    /// <summary>
    /// The gradient of the last batch. It has the layout of the parameters. With several processes, only the piece of this one is complete.
    /// </summary>
    public ReadOnlySpan<float> Gradient => gradients[0].Span[..model.Parameters.Values.Length];

    /// <summary>The L2 norm of the gradient of the last batch, before clipping.</summary>
    public double GradientNorm { get; private set; }

    /// <summary>Stops a step within the batch, between two time steps. Set it between two steps.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>The share of the current batch that is done, from 0 to 1. Any thread may ask.</summary>
    public double Share => Evaluator.ShareOf(networks.Sum(network => network.Monitor.Done), Volatile.Read(ref countOfSteps));

    /// <summary>Evaluates the model (with an EMA, the average) with the threads of this step.</summary>
    public Evaluator Evaluator { get; }

    /// <summary>The states of the shards of this process.</summary>
    private Span<float> OwnStates =>
        isStream ? states.Span.Slice(StateLength * block.First, StateLength * block.CountIn(block.Shards)) : [];

    private int StateLength => TrainingNetwork.StateLength(model.Spec, shardRows);

    /// <summary>Resets the states of all streams to zero.</summary>
    public void ResetStates() => states.Span.Clear();

    /// <summary>Continues from an imported optimizer state, if it is of the same kind of optimizer.</summary>
    /// <returns>Whether it is.</returns>
    public bool TryContinueFrom(OptimizerState state)
    {
        if (!state.Moments.SequenceEqual(optimizer.Moments)) return false;
        for (int moment = 0; moment < moments.Length; moment++) state.GetValues(moment).Values.CopyTo(moments[moment].Span);
        StepsBefore = state.Steps;
        return true;
    }

    /// <summary>Trains on one batch.</summary>
    /// <param name="batch">The starts of the sequences.</param>
    /// <param name="batchSteps">The number of steps of each sequence.</param>
    /// <param name="number">The number of the training step, from 1.</param>
    /// <param name="learningRate">The learning rate. 0 leaves the parameters unchanged.</param>
    /// <returns>The total loss in nats and the number of correct predictions, both before the update.</returns>
    /// <exception cref="OperationCanceledException">The batch was cancelled. Everything is as it was before.</exception>
    public (double Loss, int Correct) Run(ReadOnlySpan<long> batch, int batchSteps, long number, float learningRate)
    {
        batch.CopyTo(starts);
        (count, steps) = (batch.Length, batchSteps);
        current = new OptimizerStep(number, learningRate, 1, options.ClipValue > 0 ? (float)options.ClipValue : float.PositiveInfinity);
        workers.Run(weights.Parts, refreshWeights);
        foreach (TrainingNetwork network in networks) network.Monitor.Begin(Cancellation);
        shards = CountShards(count);
        int own = block.CountIn(shards);
        Volatile.Write(ref countOfSteps, (long)own * model.Spec.Layers * steps * (1 + 2));
        OwnStates.CopyTo(statesBefore.Span);
        workers.Run(own, trainShard);
        (double loss, int correct) = GatherResults();
        Update();
        return (loss, correct);
    }

    /// <summary>
    /// Completes <see cref="Moments"/> and <see cref="States"/>, of which each process keeps only its part up to date. All processes must
    /// call it.
    /// </summary>
    public void Complete()
    {
        if (pieces is null || areMomentsComplete) return;
        foreach (AlignedArray moment in moments) pieces.Gather(moment.Span);
        if (isStream) processes.AllGather(MemoryMarshal.AsBytes(states.Span));
        areMomentsComplete = true;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => workers.Dispose();

    private static T[] CreateEach<T>(int count, Func<T> create) => [.. Enumerable.Range(0, count).Select(_ => create())];

    private int CountShards(int rows) => (rows + shardRows - 1) / shardRows;

    /// <summary>Gathers the results of all processes and adds them up in the order of the shards.</summary>
    /// <exception cref="OperationCanceledException">One of the processes was cancelled.</exception>
    private (double Loss, int Correct) GatherResults()
    {
        int own = Math.Min(block.Length, results.Length);
        bool isCancelled = Cancellation.IsCancellationRequested;
        foreach (ref ShardResult result in results.AsSpan(block.First, own)) result.IsCancelled = isCancelled;
        if (pieces is not null) processes.AllGather(MemoryMarshal.AsBytes(results.AsSpan()));
        foreach (ShardResult result in results) isCancelled |= result.IsCancelled;
        if (isCancelled)
        {
            statesBefore.Span.CopyTo(OwnStates);
            throw new OperationCanceledException(Cancellation);
        }

        (double loss, int correct) = (0, 0);
        foreach (ShardResult result in results.AsSpan(0, shards))
        {
            loss += result.Loss;
            correct += result.Correct;
        }

        return (loss, correct);
    }

    /// <summary>Computes the loss and the gradient of a shard.</summary>
    /// <param name="own">The shard, from 0 for the first one of this process.</param>
    /// <param name="worker">The number of the thread.</param>
    private void TrainShard(int own, int worker)
    {
        if (networks[worker].Monitor.IsStopped) return;
        int shard = block.First + own, first = shard * shardRows, rows = Math.Min(shardRows, count - first);
        int[] read = tokens[worker];
        Span<int> sequence = sequences[worker].AsSpan(0, steps + 1);
        for (int row = 0; row < rows; row++)
        {
            ids.Read(starts[first + row], sequence);
            for (int step = 0; step <= steps; step++) read[step * rows + row] = sequence[step];
        }

        float* mask = options.Dropout > 0 ? DrawDropoutMask(masks[worker], first, rows) : null;
        float* state = isStream ? states.Pointer + (nint)shard * StateLength : null;
        float scale = 1f / (count * (isStream ? steps : 1));
        fixed (int* token = read)
        {
            (double loss, int correct) = networks[worker].LossAndGradient(token, steps, rows, state, mask, scale, gradients[own].Pointer);
            results[shard] = new ShardResult(loss, correct, IsCancelled: false);
        }
    }

    /// <summary>
    /// Drops each unit of each sequence with the same probability, and scales the others so that the mean does not change.
    /// </summary>
    private float* DrawDropoutMask(AlignedArray mask, int firstRow, int rows)
    {
        RandomStream random = new(options.Seed, RandomPurpose.Dropout, (uint)current.Number);
        float kept = (float)(1 / (1 - options.Dropout));
        int hidden = model.Spec.HiddenSize, place = 0;
        for (int layer = 0; layer < model.Spec.Layers; layer++)
        {
            ulong index = ((ulong)layer * (ulong)options.BatchSize + (ulong)firstRow) * (ulong)hidden;
            for (int unit = 0; unit < rows * hidden; unit++) mask.Span[place++] = random.Uniform(index++) < options.Dropout ? 0 : kept;
        }

        return mask.Pointer;
    }

    /// <summary>The result of a shard, as processes exchange it.</summary>
    private record struct ShardResult(double Loss, int Correct, bool IsCancelled);
}

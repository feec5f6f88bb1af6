using System.Numerics.Tensors;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Text;
using Aphorist.Training.Optimizers;

namespace Aphorist.Training;

/// <summary>
/// One step of training, everything included: packs the parameters, runs the shards of a batch forwards and backwards, adds up their gradients and
/// moves the parameters. Allocates nothing.
/// </summary>
/// <remarks>
/// A batch is cut into shards of a fixed number of sequences. Whichever thread runs a shard, its gradient goes to a place of its own, and the
/// places are added in order: the result does not depend on the number of threads.
/// </remarks>
internal sealed unsafe class TrainingStep : IDisposable
{
    private const int MostShards = 16;
    private const int LeastShardRows = 8;
    private const int LeastShardRowsOfLarge = 16;
    private const int MostShardRows = 32;
    private const int ChunkLength = 4096;

    private readonly LanguageModel model;
    private readonly TokenSequence ids;
    private readonly TrainingOptions options;
    private readonly Optimizer optimizer;
    private readonly WeightAverage? average;
    private readonly Workers workers;
    private readonly PackedWeights weights;
    private readonly TrainingNetwork[] networks;
    private readonly AlignedArray[] gradients, moments, masks;
    private readonly AlignedArray states;
    private readonly int[][] tokens, sequences;
    private readonly long[] starts;
    private readonly (double Loss, int Correct)[] results;
    private readonly double[] squares;
    private readonly Action<int, int> refresh, train, update, add, move;
    private readonly int shardRows;
    private int count, steps;
    private OptimizerStep current;

    /// <param name="model">The model, which is changed in place; where weights are averaged, it holds the average.</param>
    /// <param name="ids">The corpus.</param>
    /// <param name="options">How to train.</param>
    /// <param name="instructionSet">Which kernels to use; the best there are by default.</param>
    public TrainingStep(LanguageModel model, TokenSequence ids, TrainingOptions options, InstructionSet? instructionSet = null)
    {
        average = options.EmaDecay > 0 ? new WeightAverage(model, options.EmaDecay) : null;
        (this.model, this.ids, this.options) = (average?.Trained ?? model, ids, options);
        (int batchSize, int mostSteps) = (options.BatchSize, MostSteps(model.Spec, options));
        shardRows = ShardRows(model.Spec, batchSize);
        int shards = Shards(batchSize), length = model.Parameters.Values.Length, states = options.Objective == Objective.Stream ? StateLength * shards : 0;
        workers = new Workers(Math.Min(options.Threads > 0 ? options.Threads : Environment.ProcessorCount, shards));
        weights = new PackedWeights(this.model, instructionSet ?? InstructionSet.Current, forTraining: true);
        optimizer = Optimizer.Create(options.Optimizer, options.WeightDecay);
        networks = Each(workers.Count, () => new TrainingNetwork(weights, shardRows, mostSteps, options.Objective == Objective.Windows, options.Dropout > 0));
        tokens = Each(workers.Count, () => GC.AllocateArray<int>((mostSteps + 1) * shardRows, pinned: true));
        sequences = Each(workers.Count, () => new int[mostSteps + 1]);
        masks = Each(workers.Count, () => new AlignedArray(options.Dropout > 0 ? model.Spec.Layers * shardRows * model.Spec.HiddenSize : 0));
        gradients = Each(shards, () => new AlignedArray(length));
        moments = Each(optimizer.Moments.Count, () => new AlignedArray(length));
        this.states = new AlignedArray(states);
        starts = new long[batchSize];
        results = new (double, int)[shards];
        squares = new double[Chunks(length)];
        Evaluator = new Evaluator(average is null ? weights : new PackedWeights(model, weights.InstructionSet), workers);
        (refresh, train, update, add, move) = ((part, _) => weights.Refresh(part), TrainShard, (chunk, _) => UpdateChunk(chunk), (chunk, _) => AddChunk(chunk), (chunk, _) => MoveChunk(chunk));
    }

    /// <summary>What the optimizer moves: the model's parameters, or where weights are averaged, those that the average is of.</summary>
    public Memory<float> Parameters => model.Parameters.Memory;

    /// <summary>The optimizer's moments by name, and the average of the weights if there is one; laid out as the parameters.</summary>
    public IReadOnlyList<(string Name, Memory<float> Values)> Moments =>
        [.. optimizer.Moments.Select((name, index) => (name, moments[index].Memory)), .. average is null ? [] : (ReadOnlySpan<(string, Memory<float>)>)[average.Arena]];

    /// <summary>Steps that the optimizer had done before the first.</summary>
    public long StepsBefore { get; set; }

    /// <summary>Where the streams are; empty where windows begin from zero states.</summary>
    public Memory<float> States => states.Memory;

    /// <summary>The gradient of the last batch, laid out as the parameters.</summary>
    public ReadOnlySpan<float> Gradient => gradients[0].Span;

    /// <summary>Evaluates the model, with averaged weights if they are averaged, with this step's threads; <see cref="Evaluator.Begin"/> it after steps.</summary>
    public Evaluator Evaluator { get; }

    private int StateLength => TrainingNetwork.StateLength(model.Spec, shardRows);

    /// <summary>Sequences of a shard: as few as the products are fast with, so that many threads have some, but not so few that their gradients are too many to keep.</summary>
    public static int ShardRows(ModelSpec spec, int batchSize)
    {
        // A small batch still gives two threads something to do.
        bool hasLargeShards = IsLarge(spec) && batchSize >= 2 * LeastShardRowsOfLarge;
        return Math.Clamp(batchSize / MostShards, hasLargeShards ? LeastShardRowsOfLarge : LeastShardRows, MostShardRows);
    }

    /// <summary>Checks that what is kept of a batch fits into arrays.</summary>
    /// <exception cref="ArgumentException">It does not; the message says what to change.</exception>
    public static void EnsureFits(ModelSpec spec, TrainingOptions options)
    {
        double rows = ShardRows(spec, options.BatchSize), steps = MostSteps(spec, options) + 1.0;
        AlignedArray.EnsureFits(rows * steps * spec.MaxStepSize, "take shorter sequences or windows, or smaller layers");
        double states = Enumerable.Range(0, spec.Layers).Sum(layer => (double)spec.StateSize(layer));
        AlignedArray.EnsureFits((options.Objective == Objective.Stream ? options.BatchSize + rows : rows) * states, "take smaller batches, or smaller layers");
    }

    /// <summary>Floating-point operations of the matrix products of a step: a multiplication and an addition for each pair; nothing is counted for products with a zero state.</summary>
    public static double Operations(ModelSpec spec, int vocabularySize, TrainingOptions options)
    {
        bool isStream = options.Objective == Objective.Stream;
        double steps = isStream ? options.SequenceLength : spec.Window, gates = spec.GateCount * spec.HiddenSize;
        bool isConvolution = spec.Architecture == Architecture.Convolution;
        double recurrent = isConvolution ? 0 : spec.Layers * (isStream ? steps : steps - 1) * spec.HiddenSize * gates;
        double inputs = Enumerable.Range(0, spec.Layers).Sum(layer => spec.InputSize(layer) * (isConvolution ? PlacesMet(spec, layer) : steps)) * gates;
        double decoder = (double)spec.HiddenSize * vocabularySize * (isStream ? steps : 1);
        return 3 * 2 * options.BatchSize * (recurrent + inputs + decoder);

        // How many inputs a convolution's kernel meets: in windows, those before the first step do not count.
        double PlacesMet(ModelSpec spec, int layer) =>
            Enumerable.Range(0, spec.KernelSize).Sum(shift => isStream ? steps : Math.Max(0, steps - shift * spec.Dilation(layer)));
    }

    /// <summary>Begins all streams from zero states.</summary>
    public void ResetStates() => states.Span.Clear();

    /// <summary>Trains on one batch.</summary>
    /// <param name="batch">Where the sequences start.</param>
    /// <param name="batchSteps">For how many steps they run.</param>
    /// <param name="number">The number of the step, from 1.</param>
    /// <param name="rate">The learning rate; 0 leaves the parameters as they are.</param>
    /// <returns>The summed loss in nats, and how many predictions were right, both before the step.</returns>
    public (double Loss, int Correct) Run(ReadOnlySpan<long> batch, int batchSteps, long number, float rate)
    {
        batch.CopyTo(starts);
        (count, steps) = (batch.Length, batchSteps);
        current = new OptimizerStep(number, rate, 1, options.ClipValue > 0 ? (float)options.ClipValue : float.PositiveInfinity);
        workers.Run(weights.Parts, refresh);
        workers.Run(Shards(count), train);
        (double loss, int correct) = (0, 0);
        foreach ((double Loss, int Correct) result in results.AsSpan(0, Shards(count)))
        {
            loss += result.Loss;
            correct += result.Correct;
        }

        Move();
        return (loss, correct);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => workers.Dispose();

    /// <summary>Whether a layer's U does not stay in the second-level cache: every step then fetches it anew, which more rows have to be worth.</summary>
    private static bool IsLarge(ModelSpec spec) => (long)sizeof(float) * spec.GateCount * spec.HiddenSize * spec.HiddenSize > 1 << 20;

    private static int MostSteps(ModelSpec spec, TrainingOptions options) => options.Objective == Objective.Windows ? spec.Window : options.SequenceLength;

    private static T[] Each<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];

    private static int Chunks(int length) => (length + ChunkLength - 1) / ChunkLength;

    private int Shards(int rows) => (rows + shardRows - 1) / shardRows;

    private void TrainShard(int shard, int worker)
    {
        int first = shard * shardRows, rows = Math.Min(shardRows, count - first);
        int[] read = tokens[worker];
        Span<int> sequence = sequences[worker].AsSpan(0, steps + 1);
        for (int row = 0; row < rows; row++)
        {
            ids.Read(starts[first + row], sequence);
            for (int step = 0; step <= steps; step++) read[step * rows + row] = sequence[step];
        }

        float* mask = options.Dropout > 0 ? DrawMasks(masks[worker], first, rows) : null;
        float* state = options.Objective == Objective.Stream ? states.Pointer + (nint)shard * StateLength : null;
        float scale = 1f / (count * (options.Objective == Objective.Stream ? steps : 1));
        fixed (int* token = read) results[shard] = networks[worker].LossAndGradient(token, steps, rows, state, mask, scale, gradients[shard].Pointer);
    }

    /// <summary>Each unit of each sequence is dropped with the same probability, and what is left grows so that the mean stays.</summary>
    private float* DrawMasks(AlignedArray mask, int firstRow, int rows)
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

    private void Move()
    {
        int chunks = squares.Length;
        if (options.ClipNorm == 0)
        {
            workers.Run(chunks, update);
            return;
        }

        workers.Run(chunks, add);
        double norm = Math.Sqrt(squares.Sum());
        if (norm > options.ClipNorm) current = current with { GradientScale = (float)(options.ClipNorm / norm) };
        workers.Run(chunks, move);
    }

    private void UpdateChunk(int chunk)
    {
        AddChunk(chunk);
        MoveChunk(chunk);
    }

    /// <summary>Goes on from what an optimizer of the same kind had accumulated.</summary>
    /// <returns>Whether it is of the same kind.</returns>
    public bool GoOnFrom(OptimizerState state)
    {
        if (!state.Moments.SequenceEqual(optimizer.Moments)) return false;
        for (int moment = 0; moment < moments.Length; moment++) state.GetValues(moment).Values.CopyTo(moments[moment].Span);
        StepsBefore = state.Steps;
        return true;
    }

    /// <summary>Adds up the gradients of the shards, in order.</summary>
    private void AddChunk(int chunk)
    {
        (int start, int length) = Chunk(chunk);
        Span<float> sum = gradients[0].Span.Slice(start, length);
        for (int shard = 1; shard < Shards(count); shard++) TensorPrimitives.Add(sum, gradients[shard].Span.Slice(start, length), sum);
        if (options.ClipNorm > 0) squares[chunk] = TensorPrimitives.SumOfSquares<float>(sum);
    }

    private void MoveChunk(int chunk)
    {
        (int start, int length) = Chunk(chunk);
        Span<float> second = moments.Length > 1 ? moments[1].Span.Slice(start, length) : [];
        optimizer.Update(
            model.Parameters.Values.Slice(start, length), gradients[0].Span.Slice(start, length), moments[0].Span.Slice(start, length), second,
            current with { Number = current.Number + StepsBefore });
        average?.Update(start, length, current.Number);
    }

    private (int Start, int Length) Chunk(int chunk) => (chunk * ChunkLength, Math.Min(ChunkLength, moments[0].Length - chunk * ChunkLength));
}

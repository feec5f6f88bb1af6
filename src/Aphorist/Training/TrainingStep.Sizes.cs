using Aphorist.Numerics;
using Aphorist.Training.Distributed;

namespace Aphorist.Training;

/// <summary>How a batch is divided into shards, and what a step costs.</summary>
internal sealed unsafe partial class TrainingStep
{
    private const int MaxShards = 16;
    private const int MinShardRows = 8;
    private const int MinShardRowsOfLargeLayers = 16;
    private const int MaxShardRows = 32;

    /// <summary>
    /// The number of sequences per shard: as few as keep the matrix products fast, so that there are shards for many threads, but not so
    /// few that too many gradients are kept.
    /// </summary>
    public static int ShardRows(ModelSpec spec, int batchSize)
    {
        // A small batch still has two shards, for two threads.
        bool hasLargeShards = HasLargeLayers(spec) && batchSize >= 2 * MinShardRowsOfLargeLayers;
        return Math.Clamp(batchSize / MaxShards, hasLargeShards ? MinShardRowsOfLargeLayers : MinShardRows, MaxShardRows);
    }

    /// <summary>How many of some processes have shards of a batch.</summary>
    public static int WorkingProcesses(ModelSpec spec, int batchSize, int processes) =>
        BlockOf(spec, batchSize, processes).Working;

    /// <summary>
    /// The smallest larger batch that gives all processes the same number of whole shards; null if all have shards of this one.
    /// </summary>
    public static int? BatchSizeFor(ModelSpec spec, int batchSize, int processes)
    {
        if (WorkingProcesses(spec, batchSize, processes) == processes) return null;
        int larger = batchSize + 1;
        while (!IsEven(larger)) larger++;
        return larger;

        bool IsEven(int size)
        {
            ShardBlock block = BlockOf(spec, size, processes);
            return block.Shards == block.Length * processes && size % ShardRows(spec, size) == 0;
        }
    }

    private static ShardBlock BlockOf(ModelSpec spec, int batchSize, int processes)
    {
        int rows = ShardRows(spec, batchSize);
        return new ShardBlock((int)((batchSize + rows - 1L) / rows), Rank: 0, processes);
    }

    /// <summary>Checks that the working memory of a shard fits into arrays.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="options">The training options.</param>
    /// <param name="processes">The number of processes. Each keeps room for the states of all.</param>
    /// <exception cref="InvalidOptionsException">It does not.</exception>
    public static void EnsureFits(ModelSpec spec, TrainingOptions options, int processes = 1)
    {
        bool isStream = options.Objective == Objective.Stream;
        double rows = ShardRows(spec, options.BatchSize), steps = MaxSteps(spec, options) + 1.0;
        if (!AlignedArray.Fits(rows * steps * spec.MaxStepSize))
        {
            string property = isStream ? nameof(TrainingOptions.SequenceLength) : nameof(ModelSpec.Window);
            throw new InvalidOptionsException(
                $"The memory for a batch exceeds the maximum array length. Use a smaller {property} or HiddenSize.", property);
        }

        double states = Enumerable.Range(0, spec.Layers).Sum(layer => (double)spec.StateSize(layer));
        // Several processes keep room for whole blocks, and exchange bytes, which are counted with an int.
        double stateRows = !isStream ? rows
            : processes == 1 ? options.BatchSize + rows
            : BlockOf(spec, options.BatchSize, processes).Length * rows * processes * sizeof(float);
        if (AlignedArray.Fits(stateRows * states)) return;
        throw new InvalidOptionsException(
            "The memory for the states of a batch exceeds the maximum array length. Use a smaller BatchSize or HiddenSize.",
            nameof(TrainingOptions.BatchSize));
    }

    /// <summary>
    /// The floating-point operations of the matrix products of a step, where a multiplication and an addition count as two. Products with a
    /// zero state do not count.
    /// </summary>
    public static double Operations(ModelSpec spec, int vocabularySize, TrainingOptions options)
    {
        bool isStream = options.Objective == Objective.Stream, isConvolution = spec.Architecture == Architecture.Convolution;
        double steps = isStream ? options.SequenceLength : spec.Window, gates = spec.GateCount * spec.HiddenSize;
        double recurrent = isConvolution ? 0 : spec.Layers * (isStream ? steps : steps - 1) * spec.HiddenSize * gates;
        double inputs = Enumerable.Range(0, spec.Layers).Sum(layer =>
            spec.InputSize(layer) * (isConvolution ? KernelInputs(layer) : steps)) * gates;
        double decoder = (double)spec.HiddenSize * vocabularySize * (isStream ? steps : 1);
        return 3 * 2 * options.BatchSize * (recurrent + inputs + decoder);

        // The inputs of the kernel in all steps. In a window, those before its first step do not count.
        double KernelInputs(int layer) =>
            Enumerable.Range(0, spec.KernelSize).Sum(shift => isStream ? steps : Math.Max(0, steps - shift * spec.Dilation(layer)));
    }

    /// <summary>
    /// Whether the recurrent kernel of a layer does not stay in the second-level cache. Every step then loads it again, which pays for more
    /// rows only.
    /// </summary>
    private static bool HasLargeLayers(ModelSpec spec) =>
        (long)sizeof(float) * spec.GateCount * spec.HiddenSize * spec.HiddenSize > 1 << 20;

    private static int MaxSteps(ModelSpec spec, TrainingOptions options) =>
        options.Objective == Objective.Windows ? spec.Window : options.SequenceLength;
}

using System.Numerics.Tensors;
using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist.Training;

/// <summary>
/// One step of training, everything included: packs the parameters, runs the shards of a batch forwards and backwards, adds up their gradients and
/// moves the parameters. Allocates nothing.
/// </summary>
/// <remarks>
/// A batch is cut into shards of a fixed number of windows. Whichever thread runs a shard, its gradient goes to a place of its own, and the
/// places are added in order: the result does not depend on the number of threads.
/// </remarks>
internal sealed unsafe class TrainingStep : IDisposable
{
    /// <summary>Windows of a shard.</summary>
    public const int ShardSize = 32;

    private const int ChunkLength = 4096;

    private readonly LanguageModel model;
    private readonly int[] ids;
    private readonly Workers workers;
    private readonly PackedParameters packed;
    private readonly WindowNetwork[] networks;
    private readonly AlignedArray[] gradients;
    private readonly AlignedArray meanSquare;
    private readonly int[] starts;
    private readonly (double Loss, int Correct)[] results;
    private readonly Action<int, int> refresh, train, evaluate, update;
    private int count;
    private float learningRate;

    /// <param name="model">The model, which is changed in place.</param>
    /// <param name="ids">The corpus.</param>
    /// <param name="batchSize">The most windows a batch may have.</param>
    /// <param name="threads">Threads; 0 takes one for each processor.</param>
    /// <param name="instructionSet">Which kernels to use; the best there are by default.</param>
    public TrainingStep(LanguageModel model, int[] ids, int batchSize, int threads = 0, InstructionSet? instructionSet = null)
    {
        (this.model, this.ids) = (model, ids);
        InstructionSet set = instructionSet ?? InstructionSet.Current;
        int shards = Shards(batchSize), length = model.Parameters.Values.Length;
        workers = new Workers(Math.Min(threads > 0 ? threads : Environment.ProcessorCount, shards));
        packed = new PackedParameters(model, set);
        networks = [.. Enumerable.Range(0, workers.Count).Select(_ => new WindowNetwork(model, packed, set, Math.Min(ShardSize, batchSize)))];
        gradients = [.. Enumerable.Range(0, shards).Select(_ => new AlignedArray(length))];
        meanSquare = new AlignedArray(length);
        starts = new int[batchSize];
        results = new (double, int)[shards];
        (refresh, train, evaluate, update) = ((part, _) => packed.Refresh(part), TrainShard, EvaluateShard, UpdateChunk);
    }

    /// <summary>RMSprop's running means of the squared gradients, laid out as the parameters.</summary>
    public Memory<float> MeanSquare => meanSquare.Memory;

    /// <summary>The gradient of the last batch, laid out as the parameters.</summary>
    public ReadOnlySpan<float> Gradient => gradients[0].Span;

    /// <summary>Floating-point operations of the matrix products of a step: a multiplication and an addition for each pair; nothing is counted for products with the zero state.</summary>
    public static double Operations(ModelSpec spec, int vocabularySize, int batchSize)
    {
        double recurrent = (spec.Window - 1.0) * spec.HiddenSize * 4 * spec.HiddenSize, decoder = (double)spec.HiddenSize * vocabularySize;
        return 3 * 2 * batchSize * (recurrent + decoder);
    }

    /// <summary>Trains on one batch.</summary>
    /// <param name="batch">Where the windows start.</param>
    /// <param name="rate">The learning rate; 0 leaves the parameters as they are.</param>
    /// <returns>The summed loss in nats, and how many predictions were right, both before the step.</returns>
    public (double Loss, int Correct) Run(ReadOnlySpan<int> batch, float rate)
    {
        learningRate = rate;
        (double Loss, int Correct) result = RunShards(batch, train);
        workers.Run((meanSquare.Length + ChunkLength - 1) / ChunkLength, update);
        return result;
    }

    /// <summary>The summed loss of one batch in nats, and how many predictions were right; nothing changes.</summary>
    public (double Loss, int Correct) Evaluate(ReadOnlySpan<int> batch) => RunShards(batch, evaluate);

    /// <summary>Ends the threads.</summary>
    public void Dispose() => workers.Dispose();

    private (double Loss, int Correct) RunShards(ReadOnlySpan<int> batch, Action<int, int> shard)
    {
        batch.CopyTo(starts);
        count = batch.Length;
        workers.Run(PackedParameters.Parts, refresh);
        workers.Run(Shards(count), shard);
        (double loss, int correct) = (0, 0);
        foreach ((double Loss, int Correct) result in results.AsSpan(0, Shards(count)))
        {
            loss += result.Loss;
            correct += result.Correct;
        }

        return (loss, correct);
    }

    private void TrainShard(int shard, int worker) =>
        results[shard] = networks[worker].LossAndGradient(ids, StartsOf(shard), count, gradients[shard].Pointer);

    private void EvaluateShard(int shard, int worker) => results[shard] = networks[worker].Evaluate(ids, StartsOf(shard));

    private ReadOnlySpan<int> StartsOf(int shard) =>
        starts.AsSpan(shard * ShardSize, Math.Min(ShardSize, count - shard * ShardSize));

    private void UpdateChunk(int chunk, int worker)
    {
        int start = chunk * ChunkLength, length = Math.Min(ChunkLength, meanSquare.Length - start);
        Span<float> sum = gradients[0].Span.Slice(start, length);
        for (int shard = 1; shard < Shards(count); shard++) TensorPrimitives.Add(sum, gradients[shard].Span.Slice(start, length), sum);
        RmsProp.Update(model.Parameters.Values.Slice(start, length), sum, meanSquare.Span.Slice(start, length), learningRate);
    }

    private static int Shards(int windows) => (windows + ShardSize - 1) / ShardSize;
}

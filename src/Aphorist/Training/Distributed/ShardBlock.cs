using System.Numerics;

namespace Aphorist.Training.Distributed;

/// <summary>
/// The shards of a batch that a process computes: an aligned block of a power of two, so that the sum of their gradients is a subtree of
/// <see cref="SumTree"/>.
/// </summary>
/// <param name="Shards">The shards of a whole batch.</param>
/// <param name="Rank">The number of the process.</param>
/// <param name="Processes">The number of processes.</param>
internal readonly record struct ShardBlock(int Shards, int Rank, int Processes)
{
    /// <summary>The shards of each process. The last ones may have fewer, or none.</summary>
    public int Length => (int)BitOperations.RoundUpToPowerOf2((uint)((Shards + Processes - 1) / Processes));

    /// <summary>The first shard of this process. It may not exist.</summary>
    public int First => Rank * Length;

    /// <summary>The processes that have shards.</summary>
    public int Working => WorkingIn(Shards);

    /// <summary>The processes that have shards of a batch.</summary>
    /// <param name="shards">The shards of the batch, which are fewer in the last batch of an epoch.</param>
    public int WorkingIn(int shards) => (shards + Length - 1) / Length;

    /// <summary>The shards that this process has of a batch.</summary>
    /// <param name="shards">The shards of the batch.</param>
    public int CountIn(int shards) => Math.Clamp(shards - First, 0, Length);
}

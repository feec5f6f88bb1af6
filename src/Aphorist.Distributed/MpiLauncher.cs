namespace Aphorist.Distributed;

/// <summary>What a launcher tells a process that it starts, in environment variables.</summary>
/// <param name="Rank">The number of this process, from 0.</param>
/// <param name="Size">The number of processes.</param>
public sealed record MpiLauncher(int Rank, int Size)
{
    /// <summary>The launcher of this process; null if none started it.</summary>
    public static MpiLauncher? Current => null;
}

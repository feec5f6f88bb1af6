using System.Diagnostics;
using Aphorist.Training;

namespace Aphorist.Distributed.Worker;

/// <summary>What the ranks of a test do with the group itself, without training.</summary>
public static class GroupCase
{
    /// <summary>The word that chooses these cases: `Worker group CASE [TIMEOUT]`.</summary>
    public const string Word = "group";

    /// <summary>Runs a case. The ranks write to standard output.</summary>
    /// <param name="name">The case.</param>
    /// <param name="timeout">Seconds.</param>
    public static async Task<int> RunAsync(string name, double timeout)
    {
        try
        {
            return await MpiProcessGroup.RunAsync(
                processes => Task.FromResult(Run(name, processes)), new() { Timeout = TimeSpan.FromSeconds(timeout) });
        }
        catch (ProcessGroupException exception)
        {
            Console.Error.WriteLine($"refused: {exception.Message}");
            return 2;
        }
    }

    private static int Run(string name, MpiProcessGroup processes)
    {
        bool isLast = processes.Rank == processes.Size - 1;
        switch (name)
        {
            case "exchange":
                foreach (int length in (int[])[0, 1, 7, 64, 1000, 70_000, 1_000_000]) Exchange(processes, length);
                Console.WriteLine($"exchanged by {processes.Rank} of {processes.Size}, {processes.LocalSize} here, {MpiLauncher.Current}");
                return 0;
            case "allocate":
                Console.WriteLine($"{AllocatedBytes(processes)} bytes");
                return 0;
            case "null":
                Console.WriteLine($"caught {CaughtNulls(processes)}");
                return 0;
            case "return 3": return 3;
            case "last returns 3" when isLast: return 3;
            case "last throws" when isLast: throw new ProcessGroupException("The last one fails.");
            case "all throw": throw new ProcessGroupException($"Rank {processes.Rank} fails.");
            case "last hangs" when isLast:
                Thread.Sleep(Timeout.Infinite);
                break;
            case "last leaves" when isLast: return 0;
            case "last is late" when isLast:
                // Longer than the others wait if the exit code is not 0.
                Thread.Sleep(TimeSpan.FromSeconds(4));
                return 0;
            case "last is late": return 0;
            case "last is killed" when isLast:
                Process.GetCurrentProcess().Kill();
                break;
        }

        processes.AllGather(new byte[processes.Size]);
        return 0;
    }

    // The bytes that travel from one rank to another depend on both, and on the place.
    private static byte ByteOf(int from, int to, int place) => (byte)((from * 31) + (to * 7) + place);

    private static void Exchange(MpiProcessGroup processes, int length)
    {
        int size = processes.Size, rank = processes.Rank;
        byte[] sent = new byte[length * size], received = new byte[length * size];
        byte[] gathered = new byte[length * size], shared = new byte[length];
        for (int to = 0; to < size; to++)
            for (int i = 0; i < length; i++) sent[(to * length) + i] = ByteOf(rank, to, i);
        byte[] before = [.. sent];
        processes.AllToAll(sent, received);
        for (int i = 0; i < length; i++) gathered[(rank * length) + i] = ByteOf(rank, 0, i);
        processes.AllGather(gathered);
        for (int i = 0; i < length; i++) shared[i] = ByteOf(rank, rank, i);
        processes.Broadcast(shared);
        Require(sent.AsSpan().SequenceEqual(before), "sent values changed");
        for (int i = 0; i < length; i++)
        {
            Require(shared[i] == ByteOf(0, 0, i), $"broadcast {i}");
            for (int from = 0; from < size; from++)
            {
                Require(received[(from * length) + i] == ByteOf(from, rank, i), $"all-to-all {from} {i}");
                Require(gathered[(from * length) + i] == ByteOf(from, 0, i), $"all-gather {from} {i}");
            }
        }
    }

    private static void Require(bool isTrue, string what)
    {
        if (!isTrue) throw new InvalidOperationException($"Wrong bytes: {what}.");
    }

    private static long AllocatedBytes(MpiProcessGroup processes)
    {
        byte[] sent = new byte[100_000 * processes.Size], received = new byte[100_000 * processes.Size];
        long before = 0;
        for (int step = 0; step < 200; step++)
        {
            if (step == 100) before = GC.GetAllocatedBytesForCurrentThread();
            processes.AllToAll(sent, received);
            processes.AllGather(received);
            processes.Broadcast(received);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static int CaughtNulls(MpiProcessGroup processes)
    {
        int caught = 0;
        for (int i = 0; i < 100; i++)
        {
            try
            {
                string? nothing = i < 0 ? "" : null;
                caught -= nothing!.Length;
            }
            catch (NullReferenceException)
            {
                caught++;
            }

            processes.AllGather(new byte[processes.Size]);
        }

        return caught;
    }
}

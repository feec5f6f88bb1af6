using System.Diagnostics;
using System.Runtime.InteropServices;
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
                processes => name == "train" ? TrainAsync(processes) : Task.FromResult(Run(name, processes)),
                new() { Timeout = TimeSpan.FromSeconds(timeout) });
        }
        catch (ProcessGroupException exception)
        {
            Console.Error.WriteLine($"refused: {exception.Message}");
            return 2;
        }
    }

    private static int Run(string name, MpiProcessGroup processes)
    {
        bool isFirst = processes.Rank == 0, isLast = processes.Rank == processes.Size - 1;
        switch (name)
        {
            case "exchange":
                foreach (int length in (int[])[0, 1, 7, 64, 1000, 70_000, 1_000_000]) Exchange(processes, length);
                string place = $"{processes.LocalSize} share, machines: {processes.Machines}, {MpiLauncher.Current}";
                Console.WriteLine($"exchanged by {processes.Rank} of {processes.Size}, {place}");
                return 0;
            case "allocate":
                Console.WriteLine($"allocated {AllocatedBytes(processes)};");
                return 0;
            case "null":
                Console.WriteLine($"caught {CaughtNulls(processes)}");
                return 0;
            case "return 3": return 3;
            case "last returns 3" when isLast: return 3;
            case "last throws" when isLast: throw new ProcessGroupException("The last one fails.");
            case "all throw": throw new ProcessGroupException($"Rank {processes.Rank} fails.");
            case "last throws at the end" when isLast: throw new ProcessGroupException("The last one fails.");
            case "last throws at the end": return 0;
            case "last hangs" when isLast:
                Meet(processes);
                Thread.Sleep(Timeout.Infinite);
                break;
            case "last hangs":
                Meet(processes);
                break;
            case "first hangs" when isFirst:
                Thread.Sleep(Timeout.Infinite);
                break;
            case "first hangs": return 0;
            case "last leaves":
                Meet(processes);
                if (isLast) return 0;
                break;
            case "two threads" when isLast:
                // One of them waits for ever, and the other one is refused.
                Task[] exchanges = [Task.Run(() => Meet(processes)), Task.Run(() => Meet(processes))];
                exchanges[Task.WaitAny(exchanges)].GetAwaiter().GetResult();
                break;
            case "two threads":
                Thread.Sleep(Timeout.Infinite);
                break;
            case "last is late" when isLast:
                // Longer than the others wait if the exit code is not 0.
                Thread.Sleep(TimeSpan.FromSeconds(4));
                return 0;
            case "last is late": return 0;
            case "last is killed, others continue" when isFirst:
                using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true)) Meet(processes);
                return 0;
            case "last is killed" or "last is killed, others continue" when isLast:
                Process.GetCurrentProcess().Kill();
                break;
        }

        Meet(processes);
        return 0;
    }

    private static void Meet(MpiProcessGroup processes) => processes.AllGather(new byte[processes.Size]);

    // What an epoch allocates, for two numbers of steps.
    private static async Task<int> TrainAsync(MpiProcessGroup processes)
    {
        foreach (int steps in (int[])[50, 150])
        {
            IEnumerable<char> letters = Enumerable.Range(0, 8 + (steps * 32)).Select(i => (char)('a' + (i * i % 17)));
            Corpus corpus = Corpus.FromText(string.Concat(letters), "letters");
            ModelSpec spec = new() { HiddenSize = 16, Window = 8 };
            TrainingOptions options = new() { Epochs = 20, BatchSize = 32, Stride = 1, ClipNorm = 1, Dropout = 0.1, EmaDecay = 0.9 };
            Trainer trainer = new(LanguageModel.Create(spec, Tokenizer.Create(corpus)), corpus, options, processes: processes);
            long before = 0, fewest = long.MaxValue;
            await foreach (TrainingEvent happened in trainer.RunAsync().ConfigureAwait(false))
            {
                if (happened is not EpochCompleted) continue;
                // The runtime allocates too, while it compiles.
                if (before > 0) fewest = Math.Min(fewest, GC.GetTotalAllocatedBytes(precise: true) - before);
                before = GC.GetTotalAllocatedBytes(precise: true);
            }

            Console.WriteLine($"allocated {fewest} in {steps} steps;");
        }

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

            Meet(processes);
        }

        return caught;
    }
}

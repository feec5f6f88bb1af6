using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training.Distributed;

/// <summary>A process group whose members are threads of this process.</summary>
internal sealed class ThreadGroup : IProcessGroup
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Shared shared;

    private ThreadGroup(Shared shared, int rank) => (this.shared, Rank) = (shared, rank);

    public int Rank { get; }

    public int Size => shared.Sent.Length;

    public int LocalSize => Size;

    /// <summary>The bytes that this member has sent to others.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Runs a program in every member of a group.</summary>
    /// <returns>The results by rank.</returns>
    public static T[] Run<T>(int size, Func<ThreadGroup, T> program)
    {
        // All threads count in the same places.
        bool isMeasured = Environment.GetEnvironmentVariable("APHORIST_COVERAGE") is { Length: > 0 };
        Assert.SkipWhen(isMeasured && size > 2, "counting coverage makes many threads slow");
        Shared shared = new(size);
        T[] results = new T[size];
        Exception?[] failures = new Exception?[size];
        Thread[] threads =
        [
            .. Enumerable.Range(0, size).Select(rank => new Thread(() =>
            {
                try
                {
                    results[rank] = program(new ThreadGroup(shared, rank));
                }
                catch (Exception exception)
                {
                    failures[rank] = exception;
                }
            })),
        ];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        if (failures.OfType<Exception>().ToArray() is { Length: > 0 } all) throw new AggregateException(all);
        return results;
    }

    public void AllToAll(ReadOnlySpan<byte> sent, Span<byte> received)
    {
        shared.Sent[Rank] = sent.ToArray();
        Wait();
        int part = received.Length / Size;
        for (int rank = 0; rank < Size; rank++) shared.Sent[rank].AsSpan(Rank * part, part).CopyTo(received[(rank * part)..]);
        SentBytes += sent.Length - part;
        Wait();
    }

    public void AllGather(Span<byte> values)
    {
        int part = values.Length / Size;
        shared.Sent[Rank] = values.Slice(Rank * part, part).ToArray();
        Wait();
        for (int rank = 0; rank < Size; rank++) shared.Sent[rank].CopyTo(values[(rank * part)..]);
        SentBytes += (long)part * (Size - 1);
        Wait();
    }

    public void Broadcast(Span<byte> values)
    {
        if (Rank == 0) shared.Sent[0] = values.ToArray();
        Wait();
        shared.Sent[0].CopyTo(values);
        Wait();
    }

    private void Wait()
    {
        if (!shared.Barrier.SignalAndWait(Deadline)) throw new ProcessGroupException($"Process {Rank} waits for the others.");
    }

    private sealed record Shared(int Size)
    {
        public byte[][] Sent { get; } = new byte[Size][];

        public Barrier Barrier { get; } = new(Size);
    }
}

using Aphorist.Numerics;
using Xunit;

namespace Aphorist.Tests.Numerics;

public sealed class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_ManyRounds_DoesEveryTaskOnce(int threads)
    {
        using Workers workers = new(threads);
        int[] done = new int[64];
        Action<int, int> task = (number, worker) =>
        {
            Interlocked.Increment(ref done[number]);
            Assert.InRange(worker, 0, threads - 1);
        };
        for (int round = 0; round < 2000; round++)
        {
            int tasks = round % (done.Length + 1);
            Array.Clear(done);
            workers.Run(tasks, task);
            for (int number = 0; number < done.Length; number++)
            {
                if (done[number] != (number < tasks ? 1 : 0))
                    Assert.Fail($"Round {round}: task {number} of {tasks} ran {done[number]} times.");
            }
        }
    }

    [Fact]
    public void Run_AfterTheThreadsFellAsleep_WakesThem()
    {
        using Workers workers = new(3);
        using Barrier barrier = new(3);
        for (int round = 0; round < 5; round++)
        {
            Assert.True(SpinWait.SpinUntil(() => workers.SleepingThreads == 2, TimeSpan.FromMinutes(1)), "The threads do not sleep.");
            bool[] met = new bool[3];
            // No task can end before each of the three threads has taken one.
            workers.Run(3, (number, _) => met[number] = barrier.SignalAndWait(TimeSpan.FromMinutes(1)));
            Assert.All(met, Assert.True);
        }
    }

    [Fact]
    public void Run_TwoTasksThatWaitForEachOther_RunsThemAtTheSameTime()
    {
        using Workers workers = new(2);
        using Barrier barrier = new(2);
        bool[] met = new bool[2];
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        workers.Run(2, (number, _) => met[number] = barrier.SignalAndWait(TimeSpan.FromSeconds(60), cancellation));
        Assert.All(met, Assert.True);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_TaskThatFails_DoesTheOthersAndThrowsItsException(int threads)
    {
        using Workers workers = new(threads);
        for (int round = 0; round < 50; round++)
        {
            int done = 0;
            AggregateException exception = Assert.Throws<AggregateException>(() => workers.Run(20, FailAtSeven));
            Assert.Equal("seven", Assert.IsType<InvalidDataException>(exception.InnerException).Message);
            Assert.Equal(19, done);
            workers.Run(20, (_, _) => Interlocked.Increment(ref done));
            Assert.Equal(39, done);

            void FailAtSeven(int number, int worker)
            {
                if (number == 7) throw new InvalidDataException("seven");
                Interlocked.Increment(ref done);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_WithinATask_IsRefusedAndHarmless(int threads)
    {
        using Workers workers = new(threads);
        AggregateException exception = Assert.Throws<AggregateException>(() => workers.Run(4, (_, _) => workers.Run(1, (_, _) => { })));
        Assert.IsType<InvalidOperationException>(exception.InnerException);
        int done = 0;
        workers.Run(20, (_, _) => Interlocked.Increment(ref done));
        Assert.Equal(20, done);
    }

    [Fact]
    public void Run_AfterDispose_IsRefused()
    {
        Workers workers = new(2);
        workers.Dispose();
        Assert.Throws<ObjectDisposedException>(() => workers.Run(1, (_, _) => { }));
    }

    [Fact]
    public void Workers_NoCount_TakesOneForEachProcessor()
    {
        using Workers workers = new();
        Assert.Equal(Environment.ProcessorCount, workers.Count);
    }

    [Fact]
    public void Dispose_Twice_IsHarmless()
    {
        Workers workers = new(3);
        workers.Run(3, (_, _) => { });
        workers.Dispose();
        workers.Dispose();
    }
}

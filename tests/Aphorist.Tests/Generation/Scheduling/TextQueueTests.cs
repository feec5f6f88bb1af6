using Aphorist.Generation;
using Aphorist.Generation.Scheduling;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation.Scheduling;

/// <summary>Which texts get a slot in the batch, and which have to give theirs away.</summary>
public sealed class TextQueueTests : IAsyncDisposable
{
    private const int Slots = 6;

    private readonly GenerationScheduler scheduler = new(ModelPair.Random(5, 3, 4, GateActivation.Sigmoid).Engine);
    private readonly GenerationThreads threads = new(1);
    private readonly TextQueue queue = new(Slots);
    private readonly RunningTexts running;

    public TextQueueTests()
    {
        LanguageModel model = ModelPair.Random(5, 3, 4, GateActivation.Sigmoid).Engine;
        PackedWeights weights = new(model, InstructionSet.Current);
        weights.Refresh();
        running = new RunningTexts(new RowBatch(weights, GenerationMode.Stateful, threads, Slots), scoresStatefully: false);
    }

    public async ValueTask DisposeAsync()
    {
        await scheduler.DisposeAsync();
        threads.Dispose();
    }

    [Fact]
    public void Take_OneClient_IsFirstComeFirstServed()
    {
        ScheduledText[] texts = [Enter("a"), Enter("a"), Enter("a")];
        Assert.Equal<ScheduledText?>(texts, [queue.Take(), queue.Take(), queue.Take()]);
        Assert.Null(queue.Take());
    }

    [Fact]
    public void Take_SeveralClients_SharesThePlaces()
    {
        for (int count = 0; count < 10; count++) Enter("a");
        for (int count = 0; count < 10; count++) Enter("b");
        ScheduledText last = Enter("c");
        // The share is two slots each. What is left goes to those that came first.
        Assert.Equal(["a", "a", "b", "b", "c", "a"], Enumerable.Range(0, 6).Select(_ => Run().Place.Client.Name));
        Assert.Contains(last, Enumerable.Range(0, running.Count).Select(index => running[index]));
    }

    [Fact]
    public void ChooseToPause_ClientBelowItsShareWaits_ChoosesATextOfAClientAboveIts()
    {
        for (int count = 0; count < 6; count++) Enter("a");
        while (queue.Count > 0) Run();
        Assert.Null(running.ChooseToPause(queue));
        Enter("a");
        Assert.Null(running.ChooseToPause(queue));
        ScheduledText other = Enter("b");
        Assert.Equal(5, running.ChooseToPause(queue));
        ScheduledText paused = running.Pause(5);
        Assert.Same(other, queue.Take());
        queue.Wait(paused, isNew: false);
        Assert.Same(paused, queue.Take());
    }

    [Fact]
    public void ChooseToPause_EveryClientHasItsShare_ChoosesNone()
    {
        for (int count = 0; count < 9; count++) Enter("a");
        for (int count = 0; count < 9; count++) Enter("b");
        for (int count = 0; count < 6; count++) Run();
        Assert.Null(running.ChooseToPause(queue));
    }

    [Fact]
    public void Leave_LastTextOfAClient_GivesItsShareToTheOthers()
    {
        Enter("a");
        for (int count = 0; count < 6; count++) Enter("b");
        Run();
        queue.Leave(running.RemoveAt(0));
        for (int count = 0; count < 6; count++) Assert.Equal("b", Run().Place.Client.Name);
    }

    [Fact]
    public void Remove_WaitingText_IsNeverTaken()
    {
        ScheduledText first = Enter("a"), second = Enter("a");
        queue.Remove(first);
        queue.Leave(first);
        Assert.Same(second, queue.Take());
        Assert.Equal(0, queue.Count);
    }

    private ScheduledText Enter(string client)
    {
        ScheduledText text = ScheduledText.Create(scheduler, [new GenerationRequest()])[0];
        queue.Enter(text, client);
        return text;
    }

    private ScheduledText Run()
    {
        ScheduledText text = queue.Take()!;
        running.Add(text);
        return text;
    }
}

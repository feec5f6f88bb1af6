using Aphorist.Generation;
using Aphorist.Generation.Scheduling;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation.Scheduling;

public sealed class TextQueueTests
{
    private static readonly Tokenizer Tokenizer = ModelPair.VocabularyOf(5);

    private readonly TextQueue queue = new(places: 6);
    private readonly List<ScheduledText> running = [];

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
        // The share is two places each. What is left goes to those that came first.
        Assert.Equal(["a", "a", "b", "b", "c", "a"], Enumerable.Range(0, 6).Select(_ => Run().Place.Client.Name));
        Assert.Contains(last, running);
    }

    [Fact]
    public void ChooseToPause_ClientBelowItsShareWaits_ChoosesATextOfAClientAboveIts()
    {
        for (int count = 0; count < 6; count++) Enter("a");
        while (queue.Count > 0) Run();
        Assert.Null(queue.ChooseToPause(running));
        Enter("a");
        Assert.Null(queue.ChooseToPause(running));
        ScheduledText other = Enter("b");
        Assert.Equal(5, queue.ChooseToPause(running));
        ScheduledText paused = running[5];
        Stop(paused);
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
        Assert.Null(queue.ChooseToPause(running));
    }

    [Fact]
    public void Leave_LastTextOfAClient_GivesItsShareToTheOthers()
    {
        Enter("a");
        for (int count = 0; count < 6; count++) Enter("b");
        ScheduledText first = Run();
        Stop(first);
        queue.Leave(first);
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
        ScheduledText text = new(scheduler: null!, new GenerationRequest(), new CompiledOptions(null, Tokenizer), new EncodedPrompt([]));
        queue.Enter(text, client);
        return text;
    }

    private ScheduledText Run()
    {
        ScheduledText text = queue.Take()!;
        text.Place.Client.Running++;
        running.Add(text);
        return text;
    }

    private void Stop(ScheduledText text)
    {
        text.Place.Client.Running--;
        running.Remove(text);
    }
}

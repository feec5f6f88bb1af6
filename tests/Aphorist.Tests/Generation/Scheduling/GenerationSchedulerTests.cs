using System.Text;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation.Scheduling;

/// <summary>Texts that wait, are canceled, are slow to be read or take too long.</summary>
public sealed class GenerationSchedulerTests
{
    private static readonly LanguageModel Model = ModelPair.Random(13, 9, 5, GateActivation.Sigmoid).Engine;
    private static readonly GenerationRequest Endless = new() { Options = new() { MaxTokens = null, Seed = 1 } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Submit_FullQueue_RefusesAllTextsOfTheCall()
    {
        await using GenerationScheduler scheduler = new(Model, new() { MaxRunningTexts = 2, MaxQueuedTexts = 3 });
        IReadOnlyList<ScheduledText> accepted = scheduler.Submit([Endless, Endless, Endless, Endless]);
        Assert.Throws<QueueFullException>(() => scheduler.Submit([Endless, Endless]));
        Assert.False(scheduler.IsFull);
        ScheduledText last = scheduler.Submit(Endless);
        Assert.True(scheduler.IsFull);
        Assert.Throws<QueueFullException>(() => scheduler.Submit(Endless));
        last.Dispose();
        accepted[0].Dispose();
        await WaitUntilAsync(() => Texts(scheduler) == 3);
        Assert.Equal(2, scheduler.Submit([Endless, Endless]).Count);
    }

    [Theory]
    [InlineData(GenerationMode.Stateful, 1)]
    [InlineData(GenerationMode.Window, 40)]
    public async Task MemoryBytes_OfMorePlaces_HasTheirStatesAndLogits(GenerationMode mode, int rowsPerPlace)
    {
        ModelSpec spec = new() { HiddenSize = 32, Layers = 2, Window = 40 };
        LanguageModel model = LanguageModel.Create(spec, CharacterTokenizer.FromCharacters("abcdefgh"), seed: 1);
        long one = await MemoryAsync(slots: 1);
        long weights = 4L * model.Parameters.Count;
        Assert.InRange(one, weights, 3 * weights);
        // Cell states and outputs are the least that an LSTM needs.
        long leastOfState = rowsPerPlace * 2L * spec.Layers * spec.HiddenSize;
        Assert.InRange((await MemoryAsync(slots: 101) - one) / 100, 4 * (leastOfState + 8), 4 * (5 * leastOfState + 100));

        async Task<long> MemoryAsync(int slots)
        {
            await using GenerationScheduler scheduler = new(model, new() { MaxRunningTexts = slots, Mode = mode });
            return scheduler.MemoryBytes;
        }
    }

    [Fact]
    public async Task Submit_LongPrompts_AreLimitedTogether()
    {
        await using GenerationScheduler scheduler = new(Model, new() { MaxRunningTexts = 1, MaxPromptTokens = 100 });
        string prompt = string.Concat(Enumerable.Repeat(Model.Tokenizer.GetText(3), 60));
        GenerationRequest request = Endless with { Prompt = prompt };
        // Texts with the same prompt share its tokens.
        IReadOnlyList<ScheduledText> texts = scheduler.Submit([request, request, request]);
        texts[0].Dispose();
        texts[2].Dispose();
        await WaitUntilAsync(() => Texts(scheduler) == 1);
        Assert.Throws<QueueFullException>(() => scheduler.Submit(request));
        texts[1].Dispose();
        await WaitUntilAsync(() => Texts(scheduler) == 0);
        // A prompt that is longer than the limit is accepted alone.
        scheduler.Submit(Endless with { Prompt = prompt + prompt });
    }

    [Fact]
    public async Task Submit_AfterTheThreadsFailed_FailsWithoutStoppingTheScheduler()
    {
        GenerationThreads threads = new(1);
        await using GenerationScheduler scheduler = new(Model, threads: threads);
        threads.Dispose();
        for (int count = 0; count < 2; count++)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadAsync(scheduler.Submit(Endless)));
        Assert.Equal(0, Texts(scheduler));
    }

    [Fact]
    public async Task Dispose_RunningWaitingAndParkedTexts_LeaveAtOnce()
    {
        await using GenerationScheduler scheduler = new(Model, new() { MaxRunningTexts = 2 });
        IReadOnlyList<ScheduledText> texts = scheduler.Submit([Endless, Endless, Endless, Endless, Endless, Endless]);
        // Nobody reads, so all texts are parked in the end.
        await WaitUntilAsync(() => scheduler.ParkedTexts == 6);
        ScheduledText running = scheduler.Submit(Endless);
        foreach (ScheduledText text in texts) text.Dispose();
        running.Dispose();
        await WaitUntilAsync(() => Texts(scheduler) == 0);
        await ReadAsync(running);
    }

    [Fact]
    public async Task GetAsyncEnumerator_SlowReader_ParksTheTextAndOthersGoOn()
    {
        await using GenerationScheduler scheduler = new(Model, new() { MaxRunningTexts = 1 });
        GenerationOptions options = new() { MaxTokens = 50_000, Seed = 1 };
        ScheduledText slow = scheduler.Submit(new GenerationRequest { Options = options });
        await WaitUntilAsync(() => scheduler.ParkedTexts == 1);
        int ahead = slow.GeneratedTokens;
        Assert.InRange(ahead, 4097, 4097 + 32);
        for (int number = 0; number < 5; number++)
            Assert.Equal(200, (await scheduler.GenerateAsync("", new() { MaxTokens = 200 }, Token)).Length);
        Assert.Equal(ahead, slow.GeneratedTokens);
        Assert.Equal(new TextGenerator(Model).Generate("", options, Token), await ReadAsync(slow));
        Assert.Equal(50_000, slow.GeneratedTokens);
    }

    [Fact]
    public async Task GetAsyncEnumerator_ReaderLeaves_EndsTheText()
    {
        await using GenerationScheduler scheduler = new(Model);
        await foreach (TextPiece _ in scheduler.Submit(Endless).WithCancellation(Token)) break;
        await WaitUntilAsync(() => Texts(scheduler) == 0);
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (TextPiece _ in scheduler.Submit(Endless).WithCancellation(source.Token)) await source.CancelAsync();
        });
        await WaitUntilAsync(() => Texts(scheduler) == 0);
    }

    [Fact]
    public async Task GetAsyncEnumerator_SecondReader_Throws()
    {
        await using GenerationScheduler scheduler = new(Model);
        ScheduledText text = scheduler.Submit(Endless with { Options = new() { MaxTokens = 3 } });
        await ReadAsync(text);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(text));
    }

    [Fact]
    public async Task Timeout_RunningAndWaitingTexts_Fail()
    {
        await using GenerationScheduler scheduler = new(Model, new() { MaxRunningTexts = 1, Timeout = TimeSpan.FromMilliseconds(200) });
        // Both have readers, so the first one keeps its slot, and the second one waits for it.
        Task<string> running = ReadAsync(scheduler.Submit(Endless)), waiting = ReadAsync(scheduler.Submit(Endless));
        TimeoutException exception = await Assert.ThrowsAsync<TimeoutException>(() => running);
        Assert.Contains("0.2 s", exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        await WaitUntilAsync(() => Texts(scheduler) == 0);
    }

    [Fact]
    public async Task Timeout_ParkedText_Fails()
    {
        await using GenerationScheduler scheduler = new(Model, new() { Timeout = TimeSpan.FromSeconds(1) });
        ScheduledText text = scheduler.Submit(Endless);
        await WaitUntilAsync(() => scheduler.ParkedTexts == 1);
        await WaitUntilAsync(() => Texts(scheduler) == 0);
        await Assert.ThrowsAsync<TimeoutException>(() => ReadAsync(text));
    }

    [Fact]
    public async Task StopAsync_WithGrace_FinishesTextsAndRefusesNewOnes()
    {
        GenerationScheduler scheduler = new(Model, new() { MaxRunningTexts = 2 });
        GenerationRequest request = new() { Options = new() { MaxTokens = 500 } };
        IReadOnlyList<ScheduledText> texts = scheduler.Submit([.. Enumerable.Repeat(request, 7)]);
        await scheduler.StopAsync(TimeSpan.FromMinutes(1));
        Assert.Throws<SchedulerStoppedException>(() => scheduler.Submit(request));
        foreach (ScheduledText text in texts) Assert.Equal(500, (await ReadAsync(text)).Length);
        await scheduler.DisposeAsync();
    }

    [Fact]
    public async Task StopAsync_WithoutGrace_EndsTextsWithAnException()
    {
        GenerationScheduler scheduler = new(Model, new() { MaxRunningTexts = 2 });
        IReadOnlyList<ScheduledText> texts = scheduler.Submit([Endless, Endless, Endless]);
        await scheduler.StopAsync(TimeSpan.Zero);
        foreach (ScheduledText text in texts) await Assert.ThrowsAsync<SchedulerStoppedException>(() => ReadAsync(text));
        Assert.Equal(0, Texts(scheduler));
    }

    [Fact]
    public async Task Submit_AnotherClientHasAllPlaces_GetsAPlace()
    {
        await using GenerationScheduler scheduler = new(Model, new() { MaxRunningTexts = 4 });
        // These texts have readers, so they are never parked.
        Task[] endless = [.. Enumerable.Range(0, 20).Select(_ => ReadAsync(scheduler.Submit(Endless with { Client = "a" })))];
        GenerationOptions options = new() { MaxTokens = 3000, Seed = 7 };
        string text = await ReadAsync(scheduler.Submit(new GenerationRequest { Client = "b", Options = options }));
        Assert.Equal(new TextGenerator(Model).Generate("", options, Token), text);
        await scheduler.StopAsync(TimeSpan.Zero);
        foreach (Task reader in endless) await Assert.ThrowsAsync<SchedulerStoppedException>(() => reader);
    }

    [Fact]
    public async Task GetAsyncEnumerator_LongPromptOfAnotherText_DelaysNobody()
    {
        await using GenerationScheduler scheduler = new(Model);
        // The prompt takes seconds, the other text a few rounds.
        string prompt = string.Concat(Enumerable.Repeat(Model.Tokenizer.GetText(3), 5_000_000));
        Task<string> slow = ReadAsync(scheduler.Submit(new GenerationRequest { Prompt = prompt, Options = new() { MaxTokens = 1 } }));
        Task<string> quick = scheduler.GenerateAsync("", new() { MaxTokens = 300 }, Token);
        Assert.Same(quick, await Task.WhenAny(slow, quick));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetAsyncEnumerator_ManyAlternatives_AreReadToTheEnd(bool prompt)
    {
        await using GenerationScheduler scheduler = new(Model);
        string text = string.Concat(Enumerable.Repeat(Model.Tokenizer.GetText(3), 2000));
        ScheduledText submitted = scheduler.Submit(new GenerationRequest
        {
            Prompt = prompt ? text : "",
            Options = new() { MaxTokens = prompt ? 1 : 2000 },
            Alternatives = Model.Tokenizer.VocabularySize,
            ScorePrompt = prompt,
        });
        int tokens = 0;
        await foreach (TextPiece piece in submitted.WithCancellation(Token)) tokens += piece.Tokens.Count;
        Assert.Equal(prompt ? 2001 : 2000, tokens);
    }

    private static int Texts(GenerationScheduler scheduler) => scheduler.RunningTexts + scheduler.QueuedTexts + scheduler.ParkedTexts;

    private static async Task<string> ReadAsync(ScheduledText submitted)
    {
        StringBuilder text = new();
        await foreach (TextPiece piece in submitted.WithCancellation(Token)) text.Append(piece.Text);
        return text.ToString();
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        while (!condition()) await Task.Delay(5, deadline.Token);
    }
}

using Aphorist.Generation;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation;

/// <summary>Asynchronous streams: one producer, which ends with its reader.</summary>
public sealed class StreamAsyncTests
{
    private static readonly TextGenerator Generator = new(ModelPair.Random(13, 9, 5, GateActivation.Sigmoid).Engine);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StreamAsync_SameOptions_ReturnsThePiecesOfStream()
    {
        GenerationOptions options = new() { MaxTokens = 300, Seed = 1 };
        List<string> pieces = [];
        await foreach (string piece in Generator.StreamAsync("", options, Token)) pieces.Add(piece);
        Assert.Equal(Generator.Stream("", options, Token), pieces);
    }

    [Fact]
    public async Task StreamAsync_Canceled_Throws()
    {
        using CancellationTokenSource source = new();
        int count = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string piece in Generator.StreamAsync("", new() { MaxTokens = null }, source.Token))
                if (++count == 10) await source.CancelAsync();
        });
        Assert.Equal(10, count);
    }

    [Fact]
    public async Task StreamAsync_TokenGivenToTheEnumeration_CancelsToo()
    {
        using CancellationTokenSource source = new();
        int count = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string piece in Generator.StreamAsync("", new() { MaxTokens = null }, Token).WithCancellation(source.Token))
                if (++count == 10) await source.CancelAsync();
        });
        Assert.Equal(10, count);
    }

    [Fact]
    public async Task StreamAsync_UnknownCharacter_ThrowsAtOnce()
    {
        Assert.Throws<UnknownCharacterException>(() => { Generator.StreamAsync("x", cancellationToken: Token); });
        await Assert.ThrowsAsync<UnknownCharacterException>(() => Generator.GenerateAsync("x", cancellationToken: Token));
    }

    [Fact]
    public async Task GenerateAsync_SameOptions_ReturnsTheTextOfGenerate()
    {
        GenerationOptions options = new() { MaxTokens = 50, Seed = 2 };
        Assert.Equal(Generator.Generate("\u4E01", options, Token), await Generator.GenerateAsync("\u4E01", options, Token));
    }

    [Fact]
    public async Task GenerateAsync_Canceled_Throws()
    {
        using CancellationTokenSource source = new();
        Task<string> text = Generator.GenerateAsync("", new() { MaxTokens = int.MaxValue }, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => text);
    }

    [Fact]
    public async Task Producer_ReaderStopsEarly_EndsBeforeTheEnumeration()
    {
        int produced = 0;
        bool isDisposed = false;
        await foreach (int item in BackgroundProducer.EnumerateAsync(Endless, Token))
            if (item == 3) break;
        // The producer may be as far ahead as the channel allows, and has ended now.
        Assert.True(isDisposed);
        Assert.InRange(produced, 4, 5 + BackgroundProducer.Capacity);

        IEnumerable<int> Endless(CancellationToken stop)
        {
            try
            {
                while (true)
                {
                    stop.ThrowIfCancellationRequested();
                    yield return produced++;
                }
            }
            finally
            {
                isDisposed = true;
            }
        }
    }

    [Fact]
    public async Task Producer_SlowReader_StaysWithinTheCapacity()
    {
        int produced = 0, read = 0;
        await foreach (int item in BackgroundProducer.EnumerateAsync(Many, Token))
        {
            // One item is in the reader's hand, and one waits for a place in the channel.
            Assert.InRange(Volatile.Read(ref produced), item + 1, item + 2 + BackgroundProducer.Capacity);
            if (++read % 50 == 0) await Task.Delay(1, Token);
        }

        Assert.Equal(500, read);

        IEnumerable<int> Many(CancellationToken stop)
        {
            for (int item = 0; item < 500; item++)
            {
                Interlocked.Increment(ref produced);
                yield return item;
            }
        }
    }

    [Fact]
    public async Task Producer_SequenceThrows_ReaderGetsTheItemsAndThenTheException()
    {
        List<int> items = [];
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (int item in BackgroundProducer.EnumerateAsync(Failing, Token)) items.Add(item);
        });
        Assert.Equal("third", exception.Message);
        Assert.Equal([1, 2], items);

        static IEnumerable<int> Failing(CancellationToken stop)
        {
            yield return 1;
            yield return 2;
            throw new InvalidOperationException("third");
        }
    }

    [Fact]
    public async Task Producer_ReaderStopsWhileTheProducerWaits_DoesNotDeadlock()
    {
        for (int run = 0; run < 200; run++)
        {
            await foreach (int _ in BackgroundProducer.EnumerateAsync(_ => Enumerable.Range(0, 1000), Token))
                if (run % 2 == 0) break;
        }
    }
}

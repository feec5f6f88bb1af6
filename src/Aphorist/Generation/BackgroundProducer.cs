using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aphorist.Generation;

/// <summary>Enumerates a sequence on a thread pool thread, a limited number of items ahead of its reader.</summary>
internal static class BackgroundProducer
{
    /// <summary>The number of items that wait for the reader at most.</summary>
    public const int Capacity = 64;

    /// <summary>Returns the items of a sequence. Exceptions of the sequence reach the reader after the items before them.</summary>
    /// <param name="enumerate">Creates the sequence; the token is canceled when the reader stops.</param>
    /// <param name="cancellationToken">Stops the enumeration.</param>
    public static async IAsyncEnumerable<T> EnumerateAsync<T>(
        Func<CancellationToken, IEnumerable<T>> enumerate, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<T> channel = Channel.CreateBounded<T>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });
        Task producer = Task.Run(() => ProduceAsync(channel.Writer, enumerate(stop.Token), stop.Token), CancellationToken.None);
        try
        {
            await foreach (T item in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                // Items that wait in the channel are dropped after a cancellation.
                cancellationToken.ThrowIfCancellationRequested();
                yield return item;
            }
        }
        finally
        {
            // The reader may have stopped early. The producer ends before the enumeration does, so that nothing runs on behind it.
            await stop.CancelAsync().ConfigureAwait(false);
            await producer.ConfigureAwait(false);
        }
    }

    private static async Task ProduceAsync<T>(ChannelWriter<T> writer, IEnumerable<T> items, CancellationToken cancellationToken)
    {
        try
        {
            foreach (T item in items) await writer.WriteAsync(item, cancellationToken).ConfigureAwait(false);
            writer.Complete();
        }
        catch (Exception exception)
        {
            writer.Complete(exception);
        }
    }
}

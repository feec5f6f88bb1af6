namespace Aphorist.Server.Protocol;

/// <summary>An amount that all requests of a server share, so that many of them do not exhaust the memory.</summary>
/// <param name="capacity">The amount.</param>
/// <param name="refusal">The message for a client whose request has to wait for others.</param>
internal sealed class Budget(long capacity, string refusal)
{
    private long used;

    /// <summary>What is left.</summary>
    public long Available => capacity - Volatile.Read(ref used);

    /// <summary>Opens the share of a request, which is empty at first. Dispose it when the request is answered.</summary>
    public Share Open() => new(this);

    private void Take(long amount)
    {
        long current = Volatile.Read(ref used);
        while (current + amount <= capacity)
        {
            long seen = Interlocked.CompareExchange(ref used, current + amount, current);
            if (seen == current) return;
            current = seen;
        }

        throw new ApiException(429, refusal, code: "server_busy") { RetryAfter = ErrorResponse.RetryAfter };
    }

    /// <summary>What one request has taken. For use by one thread at a time.</summary>
    internal sealed class Share(Budget budget) : IDisposable
    {
        private long taken;

        /// <summary>Takes what is missing to an amount.</summary>
        /// <exception cref="ApiException">Other requests have too much.</exception>
        public void GrowTo(long amount)
        {
            if (amount <= taken) return;
            budget.Take(amount - taken);
            taken = amount;
        }

        public void Dispose()
        {
            Interlocked.Add(ref budget.used, -taken);
            taken = 0;
        }
    }
}

namespace Aphorist.Generation.Sampling;

/// <summary>The tokens read last, and how often each is among them.</summary>
/// <param name="tokens">V.</param>
/// <param name="window">How many are remembered.</param>
internal sealed class RecentTokens(int tokens, int window)
{
    private readonly int[] ring = new int[window];
    private readonly int[] counts = new int[window > 0 ? tokens : 0];
    private readonly int[] distinct = new int[Math.Min(tokens, window)];
    private readonly int[] places = new int[window > 0 ? tokens : 0];
    private int distinctCount;
    private long read;

    /// <summary>How many are remembered.</summary>
    public int Window => ring.Length;

    /// <summary>The different ones among them, in no particular order.</summary>
    public ReadOnlySpan<int> Distinct => distinct.AsSpan(0, distinctCount);

    /// <summary>How often a token is among them.</summary>
    public int CountOf(int id) => counts[id];

    /// <summary>Remembers a token and forgets the oldest.</summary>
    public void Add(int id)
    {
        if (ring.Length == 0) return;
        int place = (int)(read % ring.Length);
        if (read >= ring.Length) Forget(ring[place]);
        ring[place] = id;
        read++;
        if (counts[id]++ > 0) return;
        places[id] = distinctCount;
        distinct[distinctCount++] = id;
    }

    /// <summary>Becomes the same as another.</summary>
    public void CopyFrom(RecentTokens other)
    {
        other.ring.CopyTo(ring, 0);
        other.counts.CopyTo(counts, 0);
        other.distinct.CopyTo(distinct, 0);
        other.places.CopyTo(places, 0);
        (distinctCount, read) = (other.distinctCount, other.read);
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        counts.AsSpan().Clear();
        (distinctCount, read) = (0, 0);
    }

    private void Forget(int id)
    {
        if (--counts[id] > 0) return;
        int last = distinct[--distinctCount];
        (distinct[places[id]], places[last]) = (last, places[id]);
    }
}

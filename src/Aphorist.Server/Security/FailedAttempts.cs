using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Aphorist.Server.Security;

/// <summary>Counts wrong API keys by address, so that an address can try only a few per minute.</summary>
internal sealed class FailedAttempts(TimeProvider time)
{
    /// <summary>The number of wrong keys after which an address has to wait.</summary>
    public const int Limit = 10;

    // Bounds the memory. Further addresses are not counted: with one count for all of them, a client with many addresses could block
    // everybody. Keys are too long to be guessed anyway.
    private const int MaxAddresses = 10_000;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Dictionary<UInt128, int> counts = [];
    private long periodStart = time.GetTimestamp();

    /// <summary>The time that an address has to wait; null if it may try a key.</summary>
    public TimeSpan? WaitOf(IPAddress address)
    {
        lock (counts)
        {
            TimeSpan left = StartPeriod();
            return counts.TryGetValue(KeyOf(address), out int count) && count >= Limit ? left : null;
        }
    }

    /// <summary>Counts a wrong key.</summary>
    public void Add(IPAddress address)
    {
        lock (counts)
        {
            StartPeriod();
            UInt128 key = KeyOf(address);
            if (counts.TryGetValue(key, out int count) || counts.Count < MaxAddresses) counts[key] = count + 1;
        }
    }

    /// <summary>Forgets the failures of a period that is over.</summary>
    /// <returns>The rest of the current one.</returns>
    private TimeSpan StartPeriod()
    {
        TimeSpan elapsed = time.GetElapsedTime(periodStart);
        if (elapsed < Period) return Period - elapsed;
        counts.Clear();
        periodStart = time.GetTimestamp();
        return Period;
    }

    /// <summary>An IPv4 address, or the first half of an IPv6 address: a network usually owns all addresses that start with it.</summary>
    private static UInt128 KeyOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        byte[] bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : new UInt128(BinaryPrimitives.ReadUInt64BigEndian(bytes), 1UL << 32);
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Aphorist.Training;

namespace Aphorist.Distributed;

/// <summary>Where the processes of a group run.</summary>
internal static class ProcessPlaces
{
    /// <summary>Counts the machines, and the processes that share the processors of this one. All processes call it.</summary>
    /// <param name="processes">The processes.</param>
    public static (int Machines, int Sharing) Count(IProcessGroup processes)
    {
        // Each process tells hashes of its machine, and of the processors there that it may use: launchers can give each its own.
        long[] places = new long[2 * processes.Size];
        string machine = Dns.GetHostName();
        int own = 2 * processes.Rank;
        places[own] = Hash(machine);
        places[own + 1] = Hash($"{machine} {ProcessorsOfThisProcess()}");
        processes.AllGather(MemoryMarshal.AsBytes(places.AsSpan()));
        HashSet<long> machines = [];
        int sharing = 0;
        for (int place = 0; place < places.Length; place += 2)
        {
            machines.Add(places[place]);
            if (places[place + 1] == places[own + 1]) sharing++;
        }

        return (machines.Count, sharing);
    }

    private static long Hash(string text) => BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // As Linux writes them, for example 0-3. Empty elsewhere: all processors of the machine.
    private static string ProcessorsOfThisProcess()
    {
        const string Status = "/proc/self/status", Name = "Cpus_allowed_list:";
        if (!File.Exists(Status)) return "";
        return File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) ?? "";
    }
}

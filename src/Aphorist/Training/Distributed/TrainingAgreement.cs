using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aphorist.Numerics;

namespace Aphorist.Training.Distributed;

/// <summary>Checks that all processes of a group train the same. Otherwise they would wait for each other, or compute nonsense.</summary>
internal static class TrainingAgreement
{
    /// <summary>Checks that all processes train the same model on the same texts with the same options.</summary>
    /// <exception cref="CorpusException">A process has another text.</exception>
    /// <exception cref="ProcessGroupException">
    /// A process has another model, other options, another version of the library, or other vector instructions.
    /// </exception>
    public static void EnsureSame(
        this IProcessGroup processes, LanguageModel model, Corpus corpus, Corpus? validation, TrainingOptions options)
    {
        if (processes.Size == 1) return;
        EnsureSameText(processes, "corpus", corpus);
        if (validation is not null) EnsureSameText(processes, "validation text", validation);
        string settings = string.Join(
            '\n',
            ModelFileInfo.LibraryVersion,
            JsonSerializer.Serialize(model.Spec, RunJson.Default.ModelSpec),
            model.Tokenizer.CacheKey,
            validation is null,
            JsonSerializer.Serialize(options with { Threads = 0 }, RunJson.Default.TrainingOptions));
        if (FindOther(processes, HashOf(settings), out _, out int rank))
        {
            throw new ProcessGroupException(
                $"Rank {rank} has another model, other options or another version of Aphorist than rank 0. "
                + "Start all processes with the same program and the same options.");
        }

        // Vectors of another width add up in another order.
        string vectors = $"{InstructionSet.Current.Name} {Vector512.IsHardwareAccelerated} {Vector256.IsHardwareAccelerated} "
            + RuntimeInformation.ProcessArchitecture;
        if (FindOther(processes, HashOf(vectors), out _, out rank))
        {
            throw new ProcessGroupException(
                $"Rank {rank} has other vector instructions than rank 0, so the weights would depend on the number of processes. "
                + "Start all processes with DOTNET_EnableAVX512=0, or use machines of one kind.");
        }
    }

    private static void EnsureSameText(IProcessGroup processes, string kind, Corpus text)
    {
        if (!FindOther(processes, Convert.FromHexString(text.Sha256), out byte[] all, out int rank)) return;
        int length = SHA256.HashSizeInBytes;
        string first = Convert.ToHexStringLower(all, 0, length), other = Convert.ToHexStringLower(all, rank * length, length);
        throw new CorpusException(
            $"The {kind} '{text.Name}' is not the same for all processes: its SHA-256 is {first} for rank 0 and {other} for "
            + $"rank {rank}. Give all processes the same text.");
    }

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>Finds a process with another hash than rank 0.</summary>
    private static bool FindOther(IProcessGroup processes, byte[] hash, out byte[] all, out int rank)
    {
        all = new byte[hash.Length * processes.Size];
        hash.CopyTo(all, hash.Length * processes.Rank);
        processes.AllGather(all);
        for (rank = 1; rank < processes.Size; rank++)
            if (!all.AsSpan(rank * hash.Length, hash.Length).SequenceEqual(all.AsSpan(0, hash.Length))) return true;
        return false;
    }
}

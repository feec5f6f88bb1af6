using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Aphorist.Training.Distributed;

/// <summary>What processes tell each other before they train.</summary>
internal static class ProcessGroupExtensions
{
    /// <summary>Computes bytes in process 0, for all processes.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="compute">Computes the bytes. Only called in process 0.</param>
    /// <exception cref="ProcessGroupException">The computation failed in process 0, which throws its own exception.</exception>
    public static byte[] ComputeOnce(this IProcessGroup processes, Func<byte[]> compute)
    {
        byte[] bytes = [];
        long length = 0;
        ExceptionDispatchInfo? failure = null;
        if (processes.Rank == 0)
        {
            try
            {
                bytes = compute();
                length = bytes.Length;
            }
            catch (Exception exception)
            {
                (failure, length) = (ExceptionDispatchInfo.Capture(exception), -1);
            }
        }

        processes.Broadcast(MemoryMarshal.AsBytes(new Span<long>(ref length)));
        failure?.Throw();
        if (length < 0) throw new ProcessGroupException("Process 0 cannot train. See its message.");
        if (processes.Rank > 0) bytes = new byte[length];
        processes.Broadcast(bytes);
        return bytes;
    }

    /// <summary>Computes a text in process 0, for all processes.</summary>
    public static string ComputeOnce(this IProcessGroup processes, Func<string> compute) =>
        Encoding.UTF8.GetString(processes.ComputeOnce(() => Encoding.UTF8.GetBytes(compute())));

    /// <summary>Checks that all processes train the same model on the same texts with the same options.</summary>
    /// <exception cref="CorpusException">A process has another text.</exception>
    /// <exception cref="ProcessGroupException">A process has another model, other options, or another version of the library.</exception>
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
            model.Tokenizer.VocabularySize,
            validation is null,
            JsonSerializer.Serialize(options with { Threads = 0 }, RunJson.Default.TrainingOptions));
        if (FindOther(processes, SHA256.HashData(Encoding.UTF8.GetBytes(settings)), out _, out int rank))
        {
            throw new ProcessGroupException(
                $"Process {rank} has another model, other options or another version of Aphorist than process 0. "
                + "Start all processes with the same program and the same options.");
        }
    }

    private static void EnsureSameText(IProcessGroup processes, string kind, Corpus text)
    {
        if (!FindOther(processes, Convert.FromHexString(text.Sha256), out byte[] all, out int rank)) return;
        int length = SHA256.HashSizeInBytes;
        string first = Convert.ToHexStringLower(all, 0, length), other = Convert.ToHexStringLower(all, rank * length, length);
        throw new CorpusException(
            $"The {kind} '{text.Name}' is not the same for all processes: its SHA-256 is {first} for process 0 and {other} for "
            + $"process {rank}. Give all processes the same text.");
    }

    /// <summary>Finds a process with another hash than process 0.</summary>
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

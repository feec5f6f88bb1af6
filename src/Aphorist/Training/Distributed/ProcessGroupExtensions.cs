using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Aphorist.Training.Distributed;

/// <summary>Computes in one process what all processes need.</summary>
internal static class ProcessGroupExtensions
{
    private const long Failed = -1;
    private const long Cancelled = -2;

    /// <summary>Computes bytes in rank 0, for all processes.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="compute">Computes the bytes. Only called in rank 0.</param>
    /// <exception cref="ProcessGroupException">The computation failed in rank 0, which throws its own exception.</exception>
    /// <exception cref="OperationCanceledException">The computation was cancelled in rank 0.</exception>
    public static byte[] ComputeOnce(this IProcessGroup processes, Func<byte[]> compute)
    {
        byte[] bytes = [];
        // Or why there are no bytes.
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
                failure = ExceptionDispatchInfo.Capture(exception);
                length = exception is OperationCanceledException ? Cancelled : Failed;
            }
        }

        processes.Broadcast(MemoryMarshal.AsBytes(new Span<long>(ref length)));
        failure?.Throw();
        if (length == Cancelled) throw new OperationCanceledException();
        if (length == Failed) throw new ProcessGroupException("Training cannot start: see the message of rank 0.");
        if (processes.Rank > 0) bytes = new byte[length];
        processes.Broadcast(bytes);
        return bytes;
    }

    /// <summary>Computes a text in rank 0, for all processes.</summary>
    public static string ComputeOnce(this IProcessGroup processes, Func<string> compute) =>
        Encoding.UTF8.GetString(processes.ComputeOnce(() => Encoding.UTF8.GetBytes(compute())));
}

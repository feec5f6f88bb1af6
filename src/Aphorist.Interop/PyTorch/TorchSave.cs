using System.IO.Compression;

namespace Aphorist.Interop.PyTorch;

/// <summary>What <c>torch.save</c> writes: pickles, which are read by running them, in a zip archive since PyTorch 1.6 and bare before.</summary>
internal static class TorchSave
{
    private const byte ProtocolOperation = 0x80;

    /// <summary>Whether a file is one.</summary>
    /// <param name="start">Its first bytes.</param>
    /// <param name="stream">All of it; stays where it is.</param>
    public static bool IsOne(ReadOnlySpan<byte> start, Stream stream)
    {
        // The length of a header of safetensors can be these two bytes as well.
        if (SafetensorsReader.LooksLikeSafetensors(start)) return false;
        if (start is [ProtocolOperation, >= 2 and <= 5, ..]) return true;
        return start.StartsWith("PK\u0003\u0004"u8) && HoldsPickle(stream);
    }

    private static bool HoldsPickle(Stream stream)
    {
        try
        {
            using ZipArchive archive = new(stream, ZipArchiveMode.Read, leaveOpen: true);
            return archive.Entries.Any(entry => entry.FullName.EndsWith("/data.pkl", StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            return false;
        }
        finally
        {
            stream.Position = 0;
        }
    }
}

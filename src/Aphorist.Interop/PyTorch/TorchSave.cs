using System.IO.Compression;

namespace Aphorist.Interop.PyTorch;

/// <summary>
/// The format of <c>torch.save</c>: a pickle, in a zip archive since PyTorch 1.6. Loading a pickle can run code, so it is not supported.
/// </summary>
internal static class TorchSave
{
    private const byte ProtocolOperation = 0x80;

    /// <summary>Whether a file has this format.</summary>
    /// <param name="start">Its first bytes.</param>
    /// <param name="stream">The whole file. Its position is restored.</param>
    public static bool IsOne(ReadOnlySpan<byte> start, Stream stream)
    {
        // The header length of a safetensors file can begin with the same two bytes.
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

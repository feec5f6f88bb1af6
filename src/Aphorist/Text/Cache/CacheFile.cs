using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Aphorist.Text.Cache;

/// <summary>
/// A prepared text on disk: one code after the other, all of the same width, then their description as JSON, its length, its SHA-256 and a mark. It is read
/// where it is needed and not mapped, so that it takes no memory of the process. Safe to use from several threads at once.
/// </summary>
internal sealed class CacheFile
{
    /// <summary>Bytes behind the description.</summary>
    public const int TrailerLength = sizeof(long) + SHA256.HashSizeInBytes + 8;

    private const int ChunkLength = 4096;

    private readonly SafeFileHandle handle;

    private CacheFile(string path, SafeFileHandle handle, CacheFileDescription description) =>
        (Path, this.handle, Description) = (path, handle, description);

    public static ReadOnlySpan<byte> Mark => "aphorist"u8;

    public string Path { get; }

    public CacheFileDescription Description { get; }

    /// <summary>Opens a file; null if there is none that can be believed.</summary>
    public static CacheFile? TryOpen(string path)
    {
        if (!File.Exists(path)) return null;
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (ReadDescription(handle) is { } description) return new(path, handle, description);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // Made anew, as if it were not there.
        }

        handle?.Dispose();
        return null;
    }

    /// <summary>Copies the codes from a place on, and allocates nothing.</summary>
    /// <exception cref="CorpusException">The file cannot be read, or is shorter than it was.</exception>
    public void Read(long start, Span<int> codes)
    {
        Span<byte> chunk = stackalloc byte[ChunkLength];
        int width = Description.Width;
        while (!codes.IsEmpty)
        {
            int count = Math.Min(codes.Length, ChunkLength / width);
            Span<byte> bytes = chunk[..(count * width)];
            ReadExactly(bytes, start * width);
            if (width == sizeof(byte)) Widen<byte>(bytes, codes);
            else if (width == sizeof(ushort)) Widen<ushort>(bytes, codes);
            else Widen<int>(bytes, codes);
            start += count;
            codes = codes[count..];
        }
    }

    /// <summary>Where a code first occurs; -1 if it does not.</summary>
    public long PlaceOf(int code)
    {
        int[] block = new int[1 << 16];
        for (long start = 0; start < Description.Count; start += block.Length)
        {
            Span<int> codes = block.AsSpan(0, (int)Math.Min(block.Length, Description.Count - start));
            Read(start, codes);
            int place = codes.IndexOf(code);
            if (place >= 0) return start + place;
        }

        return -1;
    }

    public CorpusException Damaged() =>
        new($"The prepared text '{Path}' is damaged: delete it, and it is made anew from its sources.");

    private static void Widen<T>(ReadOnlySpan<byte> bytes, Span<int> codes)
        where T : unmanaged, INumber<T> =>
        TensorPrimitives.ConvertTruncating<T, int>(MemoryMarshal.Cast<byte, T>(bytes), codes);

    private static CacheFileDescription? ReadDescription(SafeFileHandle handle)
    {
        long end = RandomAccess.GetLength(handle) - TrailerLength;
        Span<byte> trailer = stackalloc byte[TrailerLength];
        if (end < 0 || RandomAccess.Read(handle, trailer, end) != TrailerLength || !trailer[^Mark.Length..].SequenceEqual(Mark)) return null;
        long length = BitConverter.ToInt64(trailer);
        if (length < 0 || length > Math.Min(end, int.MaxValue)) return null;
        byte[] json = new byte[length];
        RandomAccess.Read(handle, json, end - length);
        if (!SHA256.HashData(json).AsSpan().SequenceEqual(trailer.Slice(sizeof(long), SHA256.HashSizeInBytes))) return null;
        CacheFileDescription? description = JsonSerializer.Deserialize(json, CacheFileDescriptionContext.Default.CacheFileDescription);
        return description is { Format: CacheFileDescription.CurrentFormat } && description.Count * description.Width == end - length ? description : null;
    }

    private void ReadExactly(Span<byte> bytes, long offset)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                int count = RandomAccess.Read(handle, bytes, offset);
                if (count == 0) throw Damaged();
                bytes = bytes[count..];
                offset += count;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CorpusErrors.Unreadable(Path, exception);
        }
    }
}

using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Aphorist.Text.Cache;

/// <summary>
/// A file in the cache: codes of equal width one after the other, then their description as JSON, its length, its SHA-256 and a mark. It is
/// read with positional reads and not mapped, so that it takes no memory of the process. Safe to use from several threads at once.
/// </summary>
internal sealed class CacheFile
{
    /// <summary>Bytes after the description.</summary>
    public const int TrailerLength = sizeof(long) + SHA256.HashSizeInBytes + 8;

    private const int ChunkLength = 4096;

    private readonly SafeFileHandle handle;

    private CacheFile(string path, SafeFileHandle handle, CacheFileDescription description) =>
        (Path, this.handle, Description) = (path, handle, description);

    public static ReadOnlySpan<byte> Mark => "aphorist"u8;

    public string Path { get; }

    public CacheFileDescription Description { get; }

    /// <summary>Opens a file. Returns null if there is none, or none that is complete and fits.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fits">Whether it is the one that is wanted.</param>
    public static CacheFile? TryOpen(string path, Func<CacheFileDescription, bool> fits)
    {
        if (!File.Exists(path)) return null;
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (ReadDescription(handle) is { } description && fits(description)) return new(path, handle, description);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // The file is created again, as if it were missing.
        }

        handle?.Dispose();
        return null;
    }

    /// <summary>Reads the description of a file, or returns null if it has none.</summary>
    public static CacheFileDescription? TryReadDescription(string path)
    {
        CacheFileDescription? description = null;
        TryOpen(path, found =>
        {
            description = found;
            return false;
        });
        return description;
    }

    /// <summary>Copies codes. Allocates nothing.</summary>
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

    /// <summary>The position at which a code first occurs, or -1.</summary>
    public long IndexOf(int code)
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
        new($"The cached text '{Path}' is damaged: delete it, and it is created again from its source.");

    private static void Widen<T>(ReadOnlySpan<byte> bytes, Span<int> codes)
        where T : unmanaged, INumber<T> =>
        TensorPrimitives.ConvertTruncating<T, int>(MemoryMarshal.Cast<byte, T>(bytes), codes);

    private static CacheFileDescription? ReadDescription(SafeFileHandle handle)
    {
        long end = RandomAccess.GetLength(handle) - TrailerLength;
        Span<byte> trailer = stackalloc byte[TrailerLength];
        if (end < 0 || RandomAccess.Read(handle, trailer, end) != TrailerLength || !trailer[^Mark.Length..].SequenceEqual(Mark))
            return null;
        long length = BitConverter.ToInt64(trailer);
        if (length < 0 || length > Math.Min(end, int.MaxValue)) return null;
        byte[] json = new byte[length];
        RandomAccess.Read(handle, json, end - length);
        if (!SHA256.HashData(json).AsSpan().SequenceEqual(trailer.Slice(sizeof(long), SHA256.HashSizeInBytes))) return null;
        CacheFileDescription? description = JsonSerializer.Deserialize(json, CacheFileDescriptionContext.Default.CacheFileDescription);
        if (description is not { Format: CacheFileDescription.CurrentFormat }) return null;
        return description.Count * description.Width == end - length ? description : null;
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
            throw CorpusException.Unreadable(Path, exception);
        }
    }
}

/// <summary>A file that is wanted from the cache.</summary>
/// <param name="Name">The name of the corpus, for the file name and messages.</param>
/// <param name="Key">What distinguishes the file from all others.</param>
/// <param name="ByteCount">Its approximate size in bytes, for messages.</param>
/// <param name="Fits">Whether an existing file is the one that is wanted.</param>
internal sealed record CacheRequest(string Name, string Key, long ByteCount, Func<CacheFileDescription, bool> Fits);

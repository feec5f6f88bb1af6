using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Aphorist.IO;

namespace Aphorist.Text.Cache;

/// <summary>
/// Writes a cache file to a temporary file and renames it into place once it is complete and flushed to disk. Codes are written with as few
/// bytes as the largest one so far needs. When a larger one arrives, the codes already written are widened.
/// </summary>
internal sealed class CacheFileWriter : IDisposable
{
    private const string PartEnding = ".part";
    private const int BlockLength = 1 << 20;

    private readonly string path;
    private readonly FileLock turn;
    private readonly FileStream part;
    private readonly byte[] block = new byte[BlockLength];
    private bool isCommitted;

    private CacheFileWriter(string path, FileLock turn)
    {
        (this.path, this.turn) = (path, turn);
        // Unbuffered: whole blocks are written, and a failed write must not be repeated when the stream is closed.
        part = new FileStream(path + PartEnding, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Bytes in a code so far.</summary>
    public int Width { get; private set; } = 1;

    /// <summary>Codes written so far.</summary>
    public long Count { get; private set; }

    /// <summary>Starts a file, or returns null while another process or thread writes the same one.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public static CacheFileWriter? TryBegin(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        DeleteLeftovers(folder);
        FileLock? turn = TakeTurn(path);
        try
        {
            return turn is null ? null : new CacheFileWriter(path, turn);
        }
        catch
        {
            turn?.Dispose();
            throw;
        }
    }

    /// <summary>Deletes what killed processes left in a folder, which may be gigabytes.</summary>
    public static void DeleteLeftovers(string folder)
    {
        foreach (string leftover in Directory.EnumerateFiles(folder, "*" + PartEnding))
        {
            using FileLock? turn = TakeTurn(leftover[..^PartEnding.Length]);
            if (turn is not null) File.Delete(leftover);
        }
    }

    /// <summary>Appends codes.</summary>
    /// <param name="codes">The codes, from 0.</param>
    /// <param name="count">The number of different codes so far: more than any of these, and than any before.</param>
    public void Write(ReadOnlySpan<int> codes, int count)
    {
        int width = GetWidth(count);
        if (width > Width) Widen(width);
        while (!codes.IsEmpty)
        {
            int length = Math.Min(codes.Length, BlockLength / Width);
            Span<byte> bytes = block.AsSpan(0, length * Width);
            if (Width == sizeof(byte)) Narrow<byte>(codes[..length], bytes);
            else if (Width == sizeof(ushort)) Narrow<ushort>(codes[..length], bytes);
            else Narrow<int>(codes[..length], bytes);
            part.Write(bytes);
            Count += length;
            codes = codes[length..];
        }
    }

    /// <summary>Completes the file and renames it into place.</summary>
    public void Commit(CacheFileDescription description)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(description, CacheFileDescriptionContext.Default.CacheFileDescription);
        part.Write(json);
        part.Write(BitConverter.GetBytes((long)json.Length));
        part.Write(SHA256.HashData(json));
        part.Write(CacheFile.Mark);
        part.Flush(flushToDisk: true);
        part.Dispose();
        File.Move(path + PartEnding, path, overwrite: true);
        isCommitted = true;
    }

    /// <summary>Releases the lock, and deletes a file that was not committed.</summary>
    public void Dispose()
    {
        part.Dispose();
        if (!isCommitted) File.Delete(path + PartEnding);
        turn.Dispose();
    }

    private static int GetWidth(int count) => count switch
    {
        <= byte.MaxValue + 1 => sizeof(byte),
        <= ushort.MaxValue + 1 => sizeof(ushort),
        _ => sizeof(int),
    };

    private static void Narrow<T>(ReadOnlySpan<int> codes, Span<byte> bytes)
        where T : unmanaged, INumber<T> =>
        TensorPrimitives.ConvertTruncating<int, T>(codes, MemoryMarshal.Cast<byte, T>(bytes));

    private static FileLock? TakeTurn(string path) => FileLock.TryTakeFile(path + ".lock");

    /// <summary>Widens the codes already written, from the last to the first so that none is overwritten before it is read.</summary>
    private void Widen(int width)
    {
        int codesOfBlock = BlockLength / sizeof(int);
        int[] codes = new int[codesOfBlock];
        long written = Count;
        (int before, Width) = (Width, width);
        for (long start = (written - 1) / codesOfBlock * codesOfBlock; written > 0 && start >= 0; start -= codesOfBlock)
        {
            Span<int> some = codes.AsSpan(0, (int)Math.Min(codesOfBlock, written - start));
            Span<byte> bytes = block.AsSpan(0, some.Length * before);
            part.Position = start * before;
            part.ReadExactly(bytes);
            if (before == sizeof(byte)) TensorPrimitives.ConvertTruncating<byte, int>(bytes, some);
            else TensorPrimitives.ConvertTruncating<ushort, int>(MemoryMarshal.Cast<byte, ushort>(bytes), some);
            part.Position = start * width;
            Write(some, 0);
        }

        Count = written;
        part.Position = written * width;
    }
}

using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Aphorist.Text.Cache;

/// <summary>
/// Writes a prepared file beside its place and renames it there once it is whole and on disk. Codes are written with as few bytes as the largest
/// so far needs; when a larger one comes, those already written are widened.
/// </summary>
internal sealed class CacheFileWriter : IDisposable
{
    private const string PartEnding = ".part";
    private const int BlockLength = 1 << 20;

    private readonly string path;
    private readonly FileStream turn, part;
    private readonly byte[] block = new byte[BlockLength];
    private bool isCommitted;

    private CacheFileWriter(string path, FileStream turn)
    {
        (this.path, this.turn) = (path, turn);
        // Unbuffered: whole blocks are handed over, and a failed write must not be tried again when the stream is closed.
        part = new FileStream(path + PartEnding, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Bytes of a code so far.</summary>
    public int Width { get; private set; } = 1;

    /// <summary>Codes written so far.</summary>
    public long Count { get; private set; }

    /// <summary>Begins a file, or returns null while another process, or thread, writes the same one.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public static CacheFileWriter? TryBegin(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        DeleteLeftovers(folder);
        FileStream? turn = TryTakeTurn(path);
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

    /// <summary>Appends codes.</summary>
    /// <param name="codes">The codes, from 0.</param>
    /// <param name="most">More than any of them, and than any before.</param>
    public void Write(ReadOnlySpan<int> codes, int most)
    {
        int width = WidthFor(most);
        if (width > Width) Widen(width);
        while (!codes.IsEmpty)
        {
            int count = Math.Min(codes.Length, BlockLength / Width);
            Span<byte> bytes = block.AsSpan(0, count * Width);
            if (Width == sizeof(byte)) Narrow<byte>(codes[..count], bytes);
            else if (Width == sizeof(ushort)) Narrow<ushort>(codes[..count], bytes);
            else Narrow<int>(codes[..count], bytes);
            part.Write(bytes);
            Count += count;
            codes = codes[count..];
        }
    }

    /// <summary>Completes the file and puts it in its place.</summary>
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

    /// <summary>Lets others have their turn; what was not committed is deleted.</summary>
    public void Dispose()
    {
        part.Dispose();
        if (!isCommitted) File.Delete(path + PartEnding);
        turn.Dispose();
    }

    private static int WidthFor(int most) => most switch
    {
        <= byte.MaxValue + 1 => sizeof(byte),
        <= ushort.MaxValue + 1 => sizeof(ushort),
        _ => sizeof(int),
    };

    private static void Narrow<T>(ReadOnlySpan<int> codes, Span<byte> bytes)
        where T : unmanaged, INumber<T> =>
        TensorPrimitives.ConvertTruncating<int, T>(codes, MemoryMarshal.Cast<byte, T>(bytes));

    /// <summary>Takes the lock of a file. It is never deleted: another process may be about to take it.</summary>
    private static FileStream? TryTakeTurn(string path)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (CorpusErrors.IsHeldByAnother(exception))
        {
            return null;
        }
    }

    /// <summary>Deletes what killed processes left, which may be gigabytes.</summary>
    private static void DeleteLeftovers(string folder)
    {
        foreach (string leftover in Directory.EnumerateFiles(folder, "*" + PartEnding))
        {
            using FileStream? turn = TryTakeTurn(leftover[..^PartEnding.Length]);
            if (turn is not null) File.Delete(leftover);
        }
    }

    /// <summary>Gives the codes already written more bytes each, from the last to the first so that none is overwritten before it is read.</summary>
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

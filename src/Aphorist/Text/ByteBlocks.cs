namespace Aphorist.Text;

/// <summary>Reads a file from its beginning, block by block.</summary>
internal static class ByteBlocks
{
    /// <summary>Bytes of every block but the last, which is shorter and may be empty.</summary>
    public const int Length = 1 << 16;

    /// <summary>The blocks, each until the next is asked for, and whether it is the last.</summary>
    public static IEnumerable<(ReadOnlyMemory<byte> Block, bool IsLast)> Of(Stream bytes)
    {
        bytes.Position = 0;
        byte[] block = new byte[Length];
        int count;
        do
        {
            count = bytes.ReadAtLeast(block, Length, throwOnEndOfStream: false);
            yield return (block.AsMemory(0, count), count < Length);
        }
        while (count == Length);
    }

    /// <summary>Where the first zero byte is, or -1.</summary>
    public static long IndexOfZero(Stream bytes)
    {
        long begin = 0;
        foreach ((ReadOnlyMemory<byte> block, _) in Of(bytes))
        {
            int place = block.Span.IndexOf((byte)0);
            if (place >= 0) return begin + place;
            begin += block.Length;
        }

        return -1;
    }
}

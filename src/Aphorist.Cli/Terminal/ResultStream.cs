namespace Aphorist.Cli.Terminal;

/// <summary>Standard output as bytes. When its reader has closed it, as `head` does, it reports that once and discards the rest.</summary>
internal sealed class ResultStream(Stream inner, Action readerLeft) : Stream
{
    // EPIPE on Unix, ERROR_BROKEN_PIPE and ERROR_NO_DATA on Windows.
    private static readonly int[] BrokenPipe =
        OperatingSystem.IsWindows() ? [unchecked((int)0x8007006D), unchecked((int)0x800700E8)] : [32];

    /// <summary>Whether the reader of this output has closed it.</summary>
    public bool IsBroken { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Whether a write failed because the reader has closed its pipe.</summary>
    public static bool IsBrokenPipe(IOException exception) =>
        BrokenPipe.Contains(exception.HResult) || (exception.InnerException is IOException inner && IsBrokenPipe(inner));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (IsBroken) return;
        try
        {
            inner.Write(buffer);
        }
        catch (IOException exception) when (IsBrokenPipe(exception))
        {
            IsBroken = true;
            readerLeft();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

namespace Aphorist.Cli.Terminal;

/// <summary>Standard output as bytes. When its reader has closed it, as `head` does, it reports that once and discards the rest.</summary>
internal sealed class ResultStream(Stream inner, Action readerLeft) : Stream
{
    private const int BrokenPipe = 32;

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

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (IsBroken) return;
        try
        {
            inner.Write(buffer);
        }
        catch (IOException exception) when (exception.HResult == BrokenPipe)
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

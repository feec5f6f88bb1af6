using Microsoft.Win32.SafeHandles;

namespace Aphorist.Cli.Terminal;

/// <summary>Standard output as bytes. When its reader has gone away, as `head` does, it says so once and swallows the rest.</summary>
internal sealed class ResultStream(Action readerLeft) : Stream
{
    private const int BrokenPipe = 32;

    private readonly Stream inner = Open();

    /// <summary>Whether whoever read this output has gone away.</summary>
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

    /// <summary>
    /// .NET's console stream hides that a pipe is broken, a file stream tells; but a file stream keeps its own position in a file, which
    /// would overwrite what standard error has written to the same file.
    /// </summary>
    private static Stream Open()
    {
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        FileStream stream = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }
}

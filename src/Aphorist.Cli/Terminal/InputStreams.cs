namespace Aphorist.Cli.Terminal;

/// <summary>A stream that is only read.</summary>
internal abstract class InputStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>The standard input of a process that was started without one.</summary>
internal sealed class ClosedInput : InputStream
{
    public override int Read(byte[] buffer, int offset, int count) => throw new IOException("it is closed");
}

/// <summary>Standard input from a terminal. The first read says that the command waits for a person to type.</summary>
internal sealed class TypedInput(Stream inner, TextWriter notes) : InputStream
{
    private static readonly string Note =
        $"Reading from standard input. End it with {(OperatingSystem.IsWindows() ? "Ctrl-Z and Enter" : "Ctrl-D on an empty line")}.";

    private bool isAnnounced;

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (!isAnnounced) notes.WriteLine(Note);
        isAnnounced = true;
        return inner.Read(buffer, offset, count);
    }
}

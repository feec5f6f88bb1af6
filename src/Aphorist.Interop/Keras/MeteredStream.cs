using System.Runtime.CompilerServices;

namespace Aphorist.Interop.Keras;

/// <summary>
/// A file as a reader of HDF5 may see it. A damaged file can point at itself, so that a reader goes round for ever or deeper and deeper; here its reads
/// come to an end, before the memory and the stack do.
/// </summary>
internal sealed class MeteredStream(Stream inner) : Stream
{
    // Reading a model takes every byte about once, and some small parts of a few bytes again and again.
    private const int LeastCost = 32;
    private const int ReadsOfEachByte = 4;
    private const long SparedForSmallFiles = 4 << 20;

    private long left = ReadsOfEachByte * inner.Length + SparedForSmallFiles;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override int Read(Span<byte> buffer)
    {
        Charge(buffer.Length);
        return inner.Read(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin)
    {
        Charge(0);
        return inner.Seek(offset, origin);
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Charge(int count)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (count > inner.Length) throw new InvalidDataException("More was to be read than there is.");
        left -= Math.Max(count, LeastCost);
        if (left < 0) throw new InvalidDataException("The same parts are read over and over.");
    }
}

namespace Aphorist.Interop.Hdf5;

/// <summary>The storage layout of an array: in its header, contiguous, or in chunks that may be compressed.</summary>
internal sealed class Hdf5Layout
{
    private readonly Hdf5Context context;
    private readonly string name;
    private readonly Hdf5Filters filters;
    private ReadOnlyMemory<byte>? inHeader;
    private long address = Hdf5Fields.Undefined;
    private Hdf5ChunkIndex? chunks;

    private Hdf5Layout(Hdf5Context context, string name, Hdf5Filters filters) =>
        (this.context, this.name, this.filters) = (context, name, filters);

    public static Hdf5Layout Read(Hdf5Context context, string name, Hdf5Message message, Hdf5Filters filters)
    {
        Hdf5Layout layout = new(context, name, filters);
        Hdf5Fields fields = context.Fields(message.Body.Span);
        (byte version, byte kind) = (fields.Byte(), fields.Byte());
        if (version is not (3 or 4)) throw context.File.Unsupported("array layouts from before 2004");
        switch (kind)
        {
            case 0:
                int length = fields.UInt16();
                fields.Skip(length);
                layout.inHeader = message.Body.Slice(fields.Position - length, length);
                break;
            case 1: layout.address = fields.Address(); break;
            case 2: layout.chunks = version == 3 ? Hdf5ChunkIndex.ReadTree(context, fields) : Hdf5ChunkIndex.Read(context, fields); break;
            default: throw layout.Wrong("are stored in other files");
        }

        return layout;
    }

    /// <summary>Opens the bytes of the values.</summary>
    /// <param name="space">The dimensions of the array.</param>
    /// <param name="valueSize">The size of a value in bytes.</param>
    /// <exception cref="ModelFileException">The file does not contain enough bytes.</exception>
    public Hdf5Values Open(Hdf5Space space, int valueSize)
    {
        if (space.Count > long.MaxValue / valueSize) throw TooLarge();
        long length = space.Count * valueSize;
        if (chunks is not null) return new(Hdf5Chunks.Unpack(context, chunks, filters, space, valueSize) ?? throw TooLarge());
        if (inHeader is { } bytes) return bytes.Length >= length ? new(bytes) : throw TooLarge();
        if (length == 0) return new(ReadOnlyMemory<byte>.Empty);
        return context.File.Has(address, length) ? new(context.File, address) : throw TooLarge();
    }

    private ModelFileException TooLarge() => Wrong("are larger than the file");

    private ModelFileException Wrong(string what) => new(context.File.Path, $"the weights '{name}' {what}");
}

/// <summary>The bytes of an array's values in row-major order: in the file, or in memory if they were in chunks.</summary>
internal sealed class Hdf5Values
{
    private readonly Hdf5Bytes? file;
    private readonly long address;
    private readonly ReadOnlyMemory<byte> memory;

    public Hdf5Values(Hdf5Bytes file, long address) => (this.file, this.address) = (file, address);

    public Hdf5Values(ReadOnlyMemory<byte> memory) => this.memory = memory;

    /// <summary>Copies bytes from an offset.</summary>
    public void Read(long place, Span<byte> bytes)
    {
        if (file is null) memory.Span.Slice((int)place, bytes.Length).CopyTo(bytes);
        else file.ReadValues(address + place, bytes);
    }
}

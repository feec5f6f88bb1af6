namespace Aphorist.Interop.Hdf5;

/// <summary>How an array lies in the file: within its header, in one piece, or in chunks that may be packed.</summary>
internal sealed class Hdf5Layout
{
    private readonly Hdf5Context context;
    private readonly string name;
    private readonly Hdf5Filters filters;
    private ReadOnlyMemory<byte>? inHeader;
    private long address = Hdf5Fields.Undefined;
    private Hdf5ChunkIndex? chunks;

    private Hdf5Layout(Hdf5Context context, string name, Hdf5Filters filters) => (this.context, this.name, this.filters) = (context, name, filters);

    public static Hdf5Layout Read(Hdf5Context context, string name, Hdf5Message message, Hdf5Filters filters)
    {
        Hdf5Layout layout = new(context, name, filters);
        Hdf5Fields fields = context.Fields(message.Body.Span);
        (byte version, byte kind) = (fields.Byte(), fields.Byte());
        if (version is not (3 or 4)) throw context.File.Unsupported("arrays as they were written until 2004");
        switch (kind)
        {
            case 0:
                int length = fields.UInt16();
                fields.Skip(length);
                layout.inHeader = message.Body.Slice(fields.Position - length, length);
                break;
            case 1: layout.address = fields.Address(); break;
            case 2: layout.chunks = version == 3 ? Hdf5ChunkIndex.ReadTree(context, fields) : Hdf5ChunkIndex.Read(context, fields); break;
            default: throw layout.Wrong("lie in other files");
        }

        return layout;
    }

    /// <summary>The values' bytes.</summary>
    /// <param name="space">The array's sizes.</param>
    /// <param name="valueSize">Bytes of a value.</param>
    /// <exception cref="ModelFileException">There are not as many in the file.</exception>
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

/// <summary>The bytes of an array's values, row by row: in the file, or in memory where they were packed.</summary>
internal sealed class Hdf5Values
{
    private readonly Hdf5Bytes? file;
    private readonly long address;
    private readonly ReadOnlyMemory<byte> memory;

    public Hdf5Values(Hdf5Bytes file, long address) => (this.file, this.address) = (file, address);

    public Hdf5Values(ReadOnlyMemory<byte> memory) => this.memory = memory;

    /// <summary>Copies the bytes from a place on.</summary>
    public void Read(long place, Span<byte> bytes)
    {
        if (file is null) memory.Span.Slice((int)place, bytes.Length).CopyTo(bytes);
        else file.ReadValues(address + place, bytes);
    }
}

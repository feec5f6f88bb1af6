namespace Aphorist.Interop.Hdf5;

/// <summary>A group or dataset: the messages of its header, which may be in several blocks.</summary>
internal sealed class Hdf5Object
{
    // The maximum length of a version 2 header prefix, with times and attribute limits.
    private const int LongestPrefix = 34;
    private const int SharedFlag = 2;

    private static readonly byte[] Header2 = "OHDR"u8.ToArray();

    private readonly Hdf5Context context;
    private readonly List<Hdf5Message> messages = [];
    private readonly Queue<(long Address, long Length)> blocks = [];
    private Dictionary<string, long>? links;

    private Hdf5Object(Hdf5Context context) => this.context = context;

    /// <summary>The header addresses of the objects in a group by their names. Empty for a dataset.</summary>
    public IReadOnlyDictionary<string, long> Links => links ??= Hdf5Links.Read(context, this);

    /// <summary>Reads the object whose header is at an address.</summary>
    public static Hdf5Object Read(Hdf5Context context, long address)
    {
        Hdf5Object found = new(context);
        byte[] prefix = context.File.ReadUpTo(address, LongestPrefix);
        if (prefix.AsSpan().StartsWith(Header2)) found.ReadVersion2(address, prefix);
        else found.ReadVersion1(address, prefix);
        return found;
    }

    /// <summary>Returns the first message of a kind; null if there is none.</summary>
    public Hdf5Message? Find(Hdf5MessageKind kind)
    {
        foreach (Hdf5Message message in messages)
            if (message.Kind == kind) return message;
        return null;
    }

    /// <summary>Returns all messages of a kind.</summary>
    public IEnumerable<Hdf5Message> All(Hdf5MessageKind kind) => messages.Where(message => message.Kind == kind);

    private void ReadVersion1(long address, byte[] prefix)
    {
        Hdf5Fields fields = context.Fields(prefix);
        if (fields.Byte() != 1) throw context.File.Damaged();
        fields.Skip(7);
        uint length = fields.UInt32();
        fields.Skip(4);
        blocks.Enqueue((address + fields.Position, length));
        while (blocks.TryDequeue(out (long Address, long Length) block))
        {
            byte[] bytes = context.File.Read(block.Address, block.Length);
            Hdf5Fields messages = context.Fields(bytes);
            while (messages.Left >= 8)
            {
                (int kind, int size, byte flags) = (messages.UInt16(), messages.UInt16(), messages.Byte());
                messages.Skip(3);
                Add(kind, flags, bytes, messages.Position, size);
                messages.Skip(size);
            }
        }
    }

    private void ReadVersion2(long address, byte[] prefix)
    {
        Hdf5Fields fields = context.Fields(prefix);
        fields.Skip(Header2.Length);
        if (fields.Byte() != 2) throw context.File.Damaged();
        byte flags = fields.Byte();
        fields.Skip(((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0));
        long length = fields.Number(1 << (flags & 3));
        bool hasOrder = (flags & 4) != 0;
        AddMessages(context.File.Read(address + fields.Position, length), 0, hasOrder);
        while (blocks.TryDequeue(out (long Address, long Length) block))
        {
            byte[] bytes = context.File.Read(block.Address, block.Length);
            Hdf5Fields continued = context.Fields(bytes);
            continued.Expect("OCHK"u8);
            // The last four bytes are a checksum.
            AddMessages(bytes.AsSpan(0, Math.Max(bytes.Length - 4, 4)).ToArray(), 4, hasOrder);
        }
    }

    private void AddMessages(byte[] block, int start, bool hasOrder)
    {
        Hdf5Fields fields = context.Fields(block);
        fields.Skip(start);
        int head = hasOrder ? 6 : 4;
        while (fields.Left >= head)
        {
            (byte kind, int size, byte flags) = (fields.Byte(), fields.UInt16(), fields.Byte());
            if (hasOrder) fields.Skip(2);
            Add(kind, flags, block, fields.Position, size);
            fields.Skip(size);
        }
    }

    private void Add(int number, byte flags, byte[] block, int start, int size)
    {
        Hdf5MessageKind kind = (Hdf5MessageKind)number;
        if (!Enum.IsDefined(kind)) return;
        if (size > block.Length - start) throw context.File.Damaged();
        if ((flags & SharedFlag) != 0) throw context.File.Unsupported("shared object header messages");
        Hdf5Message message = new(kind, block.AsMemory(start, size));
        if (kind == Hdf5MessageKind.Continuation)
        {
            Hdf5Fields fields = context.Fields(message.Body.Span);
            blocks.Enqueue((fields.Address(), fields.Length()));
        }
        else
        {
            messages.Add(message);
        }
    }
}

/// <summary>A message of an object header.</summary>
/// <param name="Kind">The type of the message.</param>
/// <param name="Body">The content.</param>
internal readonly record struct Hdf5Message(Hdf5MessageKind Kind, ReadOnlyMemory<byte> Body);

/// <summary>The types of messages that are read; all others are ignored.</summary>
internal enum Hdf5MessageKind
{
    Dataspace = 0x01,
    LinkInfo = 0x02,
    Datatype = 0x03,
    Link = 0x06,
    ExternalFiles = 0x07,
    Layout = 0x08,
    Filters = 0x0B,
    Attribute = 0x0C,
    Continuation = 0x10,
    SymbolTable = 0x11,
    AttributeInfo = 0x15,
}

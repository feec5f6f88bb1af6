using System.Text;

namespace Aphorist.Interop.Hdf5;

/// <summary>
/// Reads the links of a group: from messages in its header, or, as h5py writes them, from a B-tree of tables with the names in a heap.
/// </summary>
internal sealed class Hdf5Links
{
    private readonly Hdf5Context context;
    private readonly Dictionary<string, long> found = new(StringComparer.Ordinal);
    private byte[] names = [];

    private Hdf5Links(Hdf5Context context) => this.context = context;

    /// <summary>Returns the addresses of the objects by name. Soft and external links are ignored.</summary>
    public static Dictionary<string, long> Read(Hdf5Context context, Hdf5Object group)
    {
        Hdf5Links links = new(context);
        if (group.Find(Hdf5MessageKind.SymbolTable) is { } table) links.ReadTree(table);
        if (group.Find(Hdf5MessageKind.LinkInfo) is { } info) links.EnsureIsCompact(info);
        foreach (Hdf5Message message in group.All(Hdf5MessageKind.Link)) links.ReadLink(message);
        return links.found;
    }

    private void EnsureIsCompact(Hdf5Message info)
    {
        Hdf5Fields fields = context.Fields(info.Body.Span);
        fields.Skip(1);
        fields.Skip((fields.Byte() & 1) != 0 ? 8 : 0);
        if (fields.Address() != Hdf5Fields.Undefined)
            throw context.File.Unsupported("groups in fractal heaps (libver='latest' or track_order=True)");
    }

    private void ReadLink(Hdf5Message message)
    {
        Hdf5Fields fields = context.Fields(message.Body.Span);
        fields.Skip(1);
        byte flags = fields.Byte();
        int kind = (flags & 8) != 0 ? fields.Byte() : 0;
        fields.Skip(((flags & 4) != 0 ? 8 : 0) + ((flags & 16) != 0 ? 1 : 0));
        string name = Encoding.UTF8.GetString(fields.Bytes((int)Math.Clamp(fields.Number(1 << (flags & 3)), -1, int.MaxValue)));
        if (kind == 0) found[name] = fields.Address();
    }

    private void ReadTree(Hdf5Message table)
    {
        Hdf5Fields fields = context.Fields(table.Body.Span);
        (long tree, long heap) = (fields.Address(), fields.Address());
        names = ReadHeap(heap);
        foreach ((_, long node) in Hdf5Tree.Leaves(context, tree, Hdf5Tree.OfGroup, context.Sizes.OfLength)) ReadTable(node);
    }

    private byte[] ReadHeap(long address)
    {
        Hdf5Fields fields = context.Fields(context.File.ReadUpTo(address, 32));
        fields.Expect("HEAP"u8);
        fields.Skip(4);
        long length = fields.Length();
        fields.Length();
        return context.File.Read(fields.Address(), length);
    }

    private void ReadTable(long address)
    {
        Hdf5Fields head = context.Fields(context.File.ReadUpTo(address, 8));
        head.Expect("SNOD"u8);
        head.Skip(2);
        int count = head.UInt16(), entry = 2 * context.Sizes.OfAddress + 24;
        Hdf5Fields fields = context.Fields(context.File.Read(address + head.Position, (long)count * entry));
        for (int index = 0; index < count; index++)
        {
            (long name, long target, uint cache) = (fields.Address(), fields.Address(), fields.UInt32());
            fields.Skip(20);
            // Cache type 2 is a soft link.
            if (cache != 2) found[NameAt(name)] = target;
        }
    }

    private string NameAt(long place)
    {
        if (place < 0 || place >= names.Length) throw context.File.Damaged();
        ReadOnlySpan<byte> rest = names.AsSpan((int)place);
        int end = rest.IndexOf((byte)0);
        return end < 0 ? throw context.File.Damaged() : Encoding.UTF8.GetString(rest[..end]);
    }
}

/// <summary>A version 1 B-tree: the symbol tables of a group, or the chunks of an array.</summary>
internal static class Hdf5Tree
{
    /// <summary>The node type of the tree.</summary>
    public const byte OfGroup = 0, OfChunks = 1;

    /// <summary>Returns the leaves in order, each with its key.</summary>
    /// <param name="context">The file.</param>
    /// <param name="root">The address of the root node; <see cref="Hdf5Fields.Undefined"/> for an empty tree.</param>
    /// <param name="kind">The node type of the tree.</param>
    /// <param name="keySize">The size of a key in bytes.</param>
    public static IEnumerable<(ReadOnlyMemory<byte> Key, long Child)> Leaves(Hdf5Context context, long root, byte kind, int keySize)
    {
        if (root == Hdf5Fields.Undefined) yield break;
        // Levels must decrease, which ends a cycle of nodes.
        Stack<(long Address, int Level)> nodes = new([(root, byte.MaxValue + 1)]);
        while (nodes.TryPop(out (long Address, int Level) place))
        {
            (int level, (ReadOnlyMemory<byte> Key, long Child)[] entries) = ReadNode(context, place.Address, kind, keySize);
            if (level >= place.Level) throw context.File.Damaged();
            if (level == 0) foreach ((ReadOnlyMemory<byte> Key, long Child) entry in entries) yield return entry;
            else foreach ((_, long child) in entries.Reverse()) nodes.Push((child, level));
        }
    }

    private static (int Level, (ReadOnlyMemory<byte> Key, long Child)[] Entries) ReadNode(
        Hdf5Context context, long address, byte kind, int keySize)
    {
        int headLength = 8 + 2 * context.Sizes.OfAddress;
        Hdf5Fields head = context.Fields(context.File.Read(address, headLength));
        head.Expect("TREE"u8);
        if (head.Byte() != kind) throw context.File.Damaged();
        (int level, int count) = (head.Byte(), head.UInt16());
        byte[] body = context.File.Read(address + headLength, (long)count * (keySize + context.Sizes.OfAddress));
        Hdf5Fields fields = context.Fields(body);
        (ReadOnlyMemory<byte> Key, long Child)[] entries = new (ReadOnlyMemory<byte>, long)[count];
        for (int index = 0; index < count; index++)
        {
            ReadOnlyMemory<byte> key = body.AsMemory(fields.Position, keySize);
            fields.Skip(keySize);
            entries[index] = (key, fields.Address());
        }

        return (level, entries);
    }
}

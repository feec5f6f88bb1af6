namespace Aphorist.Interop.Hdf5;

/// <summary>The old kind of tree (B-tree of version 1): of a group its tables of names, of an array its chunks.</summary>
internal static class Hdf5Tree
{
    /// <summary>The tree's kind, as its nodes tell it.</summary>
    public const byte OfGroup = 0, OfChunks = 1;

    /// <summary>What the tree leads to, in its order, each with the key before it.</summary>
    /// <param name="context">The file.</param>
    /// <param name="root">The address of the highest node; <see cref="Hdf5Fields.Undefined"/> for an empty tree.</param>
    /// <param name="kind">What the tree is of.</param>
    /// <param name="keySize">Bytes of a key.</param>
    public static IEnumerable<(ReadOnlyMemory<byte> Key, long Child)> Leaves(Hdf5Context context, long root, byte kind, int keySize)
    {
        if (root == Hdf5Fields.Undefined) yield break;
        // Levels fall, so a ring of nodes comes to an end.
        Stack<(long Address, int Level)> nodes = new([(root, byte.MaxValue + 1)]);
        while (nodes.TryPop(out (long Address, int Level) place))
        {
            (int level, (ReadOnlyMemory<byte> Key, long Child)[] entries) = ReadNode(context, place.Address, kind, keySize);
            if (level >= place.Level) throw context.File.Damaged();
            if (level == 0) foreach ((ReadOnlyMemory<byte> Key, long Child) entry in entries) yield return entry;
            else foreach ((_, long child) in entries.Reverse()) nodes.Push((child, level));
        }
    }

    private static (int Level, (ReadOnlyMemory<byte> Key, long Child)[] Entries) ReadNode(Hdf5Context context, long address, byte kind, int keySize)
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

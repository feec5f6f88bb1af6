using System.IO.Compression;
using System.Text;

namespace Aphorist.Interop.Tests.Hdf5;

/// <summary>
/// Writes HDF5 as h5py writes it by default: superblock 0, headers of version 1, groups as trees of tables, arrays in one piece or in a
/// tree of chunks. The other files of the tests are of the newest form of the format.
/// </summary>
internal sealed class OldHdf5Writer
{
    private const int EntriesOfTable = 3, SuperblockLength = 96;
    private const long None = -1;

    private readonly List<byte> file = [.. new byte[SuperblockLength]];

    private OldHdf5Writer()
    {
    }

    /// <summary>The bytes of a file.</summary>
    public static byte[] Write(OldHdf5Group root)
    {
        OldHdf5Writer writer = new();
        long header = writer.Group(root);
        return [.. Superblock(header, writer.file.Count), .. writer.file[SuperblockLength..]];
    }

    private static byte[] Superblock(long root, long length) =>
    [
        0x89, .. "HDF"u8, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0,
        .. new[] { 0, None, length, None, 0, root }.SelectMany(BitConverter.GetBytes), .. new byte[24],
    ];

    private long Group(OldHdf5Group group)
    {
        List<(string Name, long Address)> members = [];
        foreach ((string name, OldHdf5Group inner) in group.Groups) members.Add((name, Group(inner)));
        foreach ((string name, OldHdf5Array array) in group.Arrays) members.Add((name, Array(array)));
        members.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        (long heap, int[] places) = Heap([.. members.Select(member => member.Name)]);
        List<(byte[] Key, long Address)> tables = [];
        IEnumerable<(long Address, int Place)> placed = members.Select((member, index) => (member.Address, places[index]));
        foreach ((long Address, int Place)[] entries in placed.Chunk(EntriesOfTable))
            tables.Add((BitConverter.GetBytes((long)entries[0].Place), Table(entries)));
        byte[] symbolTable = [.. BitConverter.GetBytes(Tree(0, tables)), .. BitConverter.GetBytes(heap)];
        return Header([(0x11, symbolTable), .. group.Attributes.Select(attribute => (0x0C, Attribute(attribute.Key, attribute.Value)))]);
    }

    private (long Address, int[] Places) Heap(string[] names)
    {
        // The first eight bytes are the empty name.
        (List<byte> text, List<int> places) = ([.. new byte[8]], []);
        foreach (string name in names)
        {
            places.Add(text.Count);
            text.AddRange(Padded(Encoding.UTF8.GetBytes(name + "\0")));
        }

        long data = Append([.. text]);
        return (Append([.. "HEAP"u8, 0, 0, 0, 0, .. BitConverter.GetBytes((long)text.Count), .. BitConverter.GetBytes(None),
            .. BitConverter.GetBytes(data)]), [.. places]);
    }

    private long Table((long Address, int Place)[] entries) => Append(
    [
        .. "SNOD"u8, 1, 0, .. BitConverter.GetBytes((ushort)entries.Length),
        .. entries.SelectMany(
            entry => (byte[])[.. BitConverter.GetBytes((long)entry.Place), .. BitConverter.GetBytes(entry.Address), .. new byte[24]]),
    ]);

    /// <summary>Nodes of two children each, so that trees have several levels.</summary>
    private long Tree(byte kind, List<(byte[] Key, long Address)> leaves)
    {
        if (leaves.Count == 0) return Node(kind, 0, []);
        for (byte level = 0; ; level++)
        {
            leaves = [.. leaves.Chunk(2).Select(pair => (pair[0].Key, Node(kind, level, pair)))];
            if (leaves.Count == 1) return leaves[0].Address;
        }
    }

    private long Node(byte kind, byte level, (byte[] Key, long Address)[] children) => Append(
    [
        .. "TREE"u8, kind, level, .. BitConverter.GetBytes((ushort)children.Length), .. BitConverter.GetBytes(None),
            .. BitConverter.GetBytes(None),
        .. children.SelectMany(child => (byte[])[.. child.Key, .. BitConverter.GetBytes(child.Address)]),
        .. children.Length > 0 ? children[^1].Key : new byte[8],
    ]);

    private long Array(OldHdf5Array array)
    {
        byte[] space = Space(array.Shape);
        byte[] type = array.IsBigEndian
            ? [0x11, 0x21, 31, 0, 4, 0, 0, 0, .. FloatProperties]
            : [0x11, 0x20, 31, 0, 4, 0, 0, 0, .. FloatProperties];
        if (array.Chunk is not { } chunk)
        {
            long address = Append([.. array.Values.SelectMany(array.Bytes)]);
            return Header([(0x01, space), (0x03, type),
                (0x08, [3, 1, .. BitConverter.GetBytes(address), .. BitConverter.GetBytes(4L * array.Values.Length), 0, 0, 0, 0, 0, 0])]);
        }

        long tree = Tree(1, Chunks(array, chunk));
        byte[] layout = [3, 2, (byte)(chunk.Length + 1), .. BitConverter.GetBytes(tree), .. chunk.SelectMany(BitConverter.GetBytes),
            .. BitConverter.GetBytes(4)];
        // Shuffle, deflate, checksum: number, length of the name, flags, how many values, values.
        byte[] filters = [1, 3, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 1, 0, 1, 0,
            .. Padded("deflate\0"u8.ToArray()), 6, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0];
        return Header([(0x01, space), (0x03, type), (0x0B, filters), (0x08, layout)]);
    }

    private List<(byte[] Key, long Address)> Chunks(OldHdf5Array array, int[] chunk)
    {
        List<(byte[] Key, long Address)> chunks = [];
        for (int row = 0; row < array.Shape[0]; row += chunk[0])
        {
            for (int column = 0; column < array.Shape[1]; column += chunk[1])
            {
                byte[][] values = [.. Enumerable.Range(0, chunk[0] * chunk[1])
                    .Select(index => array.At(row + index / chunk[1], column + index % chunk[1]))];
                byte[] packed = [.. Deflate([.. Enumerable.Range(0, 4).SelectMany(part => values.Select(value => value[part]))]), 0xAA,
                    0xBB, 0xCC, 0xDD];
                byte[] key = [.. BitConverter.GetBytes(packed.Length), 0, 0, 0, 0,
                    .. new long[] { row, column, 0 }.SelectMany(BitConverter.GetBytes)];
                chunks.Add((key, Append(packed)));
            }
        }

        return chunks;
    }

    private static byte[] FloatProperties => [0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];

    private static byte[] Attribute(string name, string[] values)
    {
        int size = values.Length == 0 ? 8 : values.Max(value => Encoding.UTF8.GetByteCount(value)) + 1;
        // An empty list is one of numbers.
        byte[] type = values.Length == 0
            ? [0x11, 0x20, 63, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 255, 3, 0, 0]
            : [0x13, 1, 0, 0, .. BitConverter.GetBytes(size)];
        byte[] space = values.Length == 1 ? [1, 0, 0, 0, 0, 0, 0, 0] : Space([values.Length]);
        byte[] named = Encoding.UTF8.GetBytes(name + "\0");
        byte[] data = [.. values.SelectMany(
            value => (byte[])[.. Encoding.UTF8.GetBytes(value), .. new byte[size - Encoding.UTF8.GetByteCount(value)]])];
        return
        [
            1, 0, .. BitConverter.GetBytes((ushort)named.Length), .. BitConverter.GetBytes((ushort)type.Length),
                .. BitConverter.GetBytes((ushort)space.Length),
            .. Padded(named), .. Padded(type), .. Padded(space), .. data,
        ];
    }

    private static byte[] Space(int[] shape) =>
        [1, (byte)shape.Length, 0, 0, 0, 0, 0, 0, .. shape.SelectMany(size => BitConverter.GetBytes((long)size))];

    /// <summary>A header whose last message lies in a block of its own.</summary>
    private long Header(List<(int Kind, byte[] Body)> messages)
    {
        byte[] last = Message(messages[^1].Kind, messages[^1].Body);
        byte[] continuation = Message(0x10, [.. BitConverter.GetBytes(Append(last)), .. BitConverter.GetBytes((long)last.Length)]);
        byte[] block = [.. messages.SkipLast(1).SelectMany(message => Message(message.Kind, message.Body)), .. continuation];
        return Append([1, 0, .. BitConverter.GetBytes((ushort)(messages.Count + 1)), 1, 0, 0, 0, .. BitConverter.GetBytes(block.Length), 0,
            0, 0, 0, .. block]);
    }

    private static byte[] Message(int kind, byte[] body)
    {
        byte[] padded = Padded(body);
        return [(byte)kind, 0, .. BitConverter.GetBytes((ushort)padded.Length), 0, 0, 0, 0, .. padded];
    }

    private static byte[] Deflate(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (ZLibStream stream = new(packed, CompressionLevel.Optimal, leaveOpen: true)) stream.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[(8 - bytes.Length % 8) % 8]];

    private long Append(byte[] bytes)
    {
        long address = file.Count;
        file.AddRange(Padded(bytes));
        return address;
    }
}

/// <summary>A group to be written.</summary>
internal sealed class OldHdf5Group
{
    public Dictionary<string, OldHdf5Group> Groups { get; } = [];

    public Dictionary<string, OldHdf5Array> Arrays { get; } = [];

    /// <summary>Texts; one is written as a single text, several or none as a list.</summary>
    public Dictionary<string, string[]> Attributes { get; } = [];
}

/// <summary>An array of floats to be written, in one piece or, of two dimensions, in packed chunks.</summary>
internal sealed record OldHdf5Array(float[] Values, params int[] Shape)
{
    public int[]? Chunk { get; init; }

    public bool IsBigEndian { get; init; }

    /// <summary>The bytes of a value; zeros beyond the array.</summary>
    public byte[] At(int row, int column) => row < Shape[0] && column < Shape[1] ? Bytes(Values[row * Shape[1] + column]) : new byte[4];

    public byte[] Bytes(float value)
    {
        byte[] bytes = BitConverter.GetBytes(value);
        if (IsBigEndian) System.Array.Reverse(bytes);
        return bytes;
    }
}

using System.Text;

namespace Aphorist.Interop.Hdf5;

/// <summary>An attribute of a group: a named value or list of values.</summary>
internal sealed class Hdf5Attribute
{
    private readonly Hdf5Context context;
    private readonly Hdf5Type type;
    private readonly ReadOnlyMemory<byte> data;

    private Hdf5Attribute(Hdf5Context context, Hdf5Message message)
    {
        this.context = context;
        Hdf5Fields fields = context.Fields(message.Body.Span);
        (byte version, byte flags) = (fields.Byte(), fields.Byte());
        if (version is < 1 or > 3) throw context.File.Damaged();
        // Version 1 has no flags.
        if (version > 1 && (flags & 3) != 0) throw context.File.Unsupported("shared attribute types");
        (int name, int typeSize, int spaceSize) = (fields.UInt16(), fields.UInt16(), fields.UInt16());
        fields.Skip(version == 3 ? 1 : 0);
        ReadOnlySpan<byte> nameBytes = Part(ref fields, name);
        Name = Encoding.UTF8.GetString(nameBytes[..Math.Max(nameBytes.IndexOf((byte)0), 0)]);
        type = Hdf5Type.Read(context, Part(ref fields, typeSize));
        Count = Hdf5Space.Read(context, Part(ref fields, spaceSize)).Count;
        if (Count > fields.Left / type.Size) throw context.File.Damaged();
        data = message.Body.Slice(fields.Position, (int)Count * type.Size);

        ReadOnlySpan<byte> Part(ref Hdf5Fields fields, int length) => fields.Bytes(version == 1 ? Hdf5Padding.ToEight(length) : length);
    }

    public string Name { get; }

    /// <summary>The number of values.</summary>
    public long Count { get; }

    /// <summary>Whether the values are strings.</summary>
    public bool IsText => type.Kind is Hdf5Kind.Text or Hdf5Kind.TextOfAnyLength;

    /// <summary>Finds an attribute of an object by its name; null if there is none.</summary>
    public static Hdf5Attribute? Find(Hdf5Context context, Hdf5Object place, string name)
    {
        if (place.Find(Hdf5MessageKind.AttributeInfo) is { } info) EnsureIsCompact(context, info);
        return place.All(Hdf5MessageKind.Attribute).Select(message => new Hdf5Attribute(context, message))
            .FirstOrDefault(attribute => attribute.Name == name);
    }

    /// <summary>Returns the values, which must be strings.</summary>
    public string[] Texts() => [.. Enumerable.Range(0, (int)Count).Select(index => TextAt(data.Span.Slice(index * type.Size, type.Size)))];

    private static void EnsureIsCompact(Hdf5Context context, Hdf5Message info)
    {
        Hdf5Fields fields = context.Fields(info.Body.Span);
        fields.Skip(1);
        fields.Skip((fields.Byte() & 1) != 0 ? 2 : 0);
        if (fields.Address() != Hdf5Fields.Undefined) throw context.File.Unsupported("attributes in fractal heaps (libver='latest')");
    }

    private string TextAt(ReadOnlySpan<byte> value)
    {
        if (type.Kind == Hdf5Kind.Text) return TextOf(value);
        Hdf5Fields fields = context.Fields(value);
        (uint length, long heap, uint number) = (fields.UInt32(), fields.Address(), fields.UInt32());
        if (length == 0) return "";
        return number <= int.MaxValue && context.Heap(heap).Find((int)number) is { } found && length <= found.Length
            ? TextOf(found.Span[..(int)length])
            : throw context.File.Damaged();
    }

    /// <summary>Decodes a string, which is padded with zeros.</summary>
    private static string TextOf(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}

/// <summary>A global heap collection: values of variable length, to which attributes refer by number.</summary>
internal sealed class Hdf5GlobalHeap
{
    private const int HeaderLength = 16;

    private readonly Dictionary<int, ReadOnlyMemory<byte>> values = [];

    private Hdf5GlobalHeap()
    {
    }

    public static Hdf5GlobalHeap Read(Hdf5Context context, long address)
    {
        Hdf5Fields header = context.Fields(context.File.ReadUpTo(address, HeaderLength));
        header.Expect("GCOL"u8);
        header.Skip(4);
        byte[] bytes = context.File.Read(address, header.Length());
        Hdf5Fields fields = context.Fields(bytes);
        fields.Skip(header.Position);
        Hdf5GlobalHeap heap = new();
        // Object 0 is the free space at the end.
        while (fields.Left >= HeaderLength && fields.UInt16() is > 0 and int number)
        {
            fields.Skip(6);
            long length = fields.Length();
            if (length < 0 || length > fields.Left) throw context.File.Damaged();
            heap.values[number] = bytes.AsMemory(fields.Position, (int)length);
            fields.Skip((int)Math.Min(Hdf5Padding.ToEight(length), fields.Left));
        }

        return heap;
    }

    /// <summary>Finds a value by its number; null if there is none.</summary>
    public ReadOnlyMemory<byte>? Find(int number) => values.TryGetValue(number, out ReadOnlyMemory<byte> value) ? value : null;
}

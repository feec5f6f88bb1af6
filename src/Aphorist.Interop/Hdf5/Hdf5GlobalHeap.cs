namespace Aphorist.Interop.Hdf5;

/// <summary>A collection of values of any length, which attributes refer to by number.</summary>
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
        // Number 0 is the free space at the end.
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

    /// <summary>The value of a number; null if there is none.</summary>
    public ReadOnlyMemory<byte>? Find(int number) => values.TryGetValue(number, out ReadOnlyMemory<byte> value) ? value : null;
}

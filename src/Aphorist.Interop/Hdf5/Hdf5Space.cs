namespace Aphorist.Interop.Hdf5;

/// <summary>The sizes of an array.</summary>
/// <param name="Sizes">From the outermost; none for a single value.</param>
/// <param name="Count">All values: the product of the sizes.</param>
internal sealed record Hdf5Space(long[] Sizes, long Count)
{
    // As many dimensions as the format allows.
    private const int MostDimensions = 32;

    public static Hdf5Space Read(Hdf5Context context, ReadOnlySpan<byte> body)
    {
        Hdf5Fields fields = context.Fields(body);
        (byte version, int rank) = (fields.Byte(), fields.Byte());
        if (version is not (1 or 2) || rank > MostDimensions) throw context.File.Damaged();
        fields.Skip(1);
        // Version 2 knows arrays without any values.
        bool isNull = fields.Byte() == 2 && version == 2;
        fields.Skip(version == 1 ? 4 : 0);
        (long[] sizes, long count) = (new long[rank], isNull ? 0 : 1);
        for (int index = 0; index < rank; index++)
        {
            sizes[index] = fields.Length();
            if (sizes[index] < 0 || (sizes[index] > 0 && count > long.MaxValue / sizes[index])) throw context.File.Damaged();
            count *= sizes[index];
        }

        return new(sizes, count);
    }
}

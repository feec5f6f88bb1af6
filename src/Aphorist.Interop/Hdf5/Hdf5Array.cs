namespace Aphorist.Interop.Hdf5;

/// <summary>A dataset: an array of numbers.</summary>
internal sealed class Hdf5Array
{
    // The number of bytes that are converted at a time.
    private const int BlockLength = 1 << 16;

    private readonly Hdf5Bytes file;
    private readonly Hdf5Space space;
    private readonly Hdf5Type type;
    private readonly Hdf5Layout layout;

    private Hdf5Array(Hdf5Bytes file, string name, Hdf5Space space, Hdf5Type type, Hdf5Layout layout) =>
        (this.file, Name, this.space, this.type, this.layout) = (file, name, space, type, layout);

    /// <summary>The path in the file.</summary>
    public string Name { get; }

    /// <summary>The dimensions. Empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => space.Sizes;

    /// <summary>Reads an object as a dataset; null if it is a group.</summary>
    public static Hdf5Array? Read(Hdf5Context context, string name, Hdf5Object found)
    {
        if (found.Find(Hdf5MessageKind.Dataspace) is not { } space || found.Find(Hdf5MessageKind.Datatype) is not { } type
            || found.Find(Hdf5MessageKind.Layout) is not { } layout)
            return null;
        if (found.Find(Hdf5MessageKind.ExternalFiles) is not null)
            throw new ModelFileException(context.File.Path, $"the weights '{name}' are stored in other files");
        Hdf5Filters filters = Hdf5Filters.Read(context, found.Find(Hdf5MessageKind.Filters));
        return new(
            context.File,
            name,
            Hdf5Space.Read(context, space.Body.Span),
            Hdf5Type.Read(context, type.Body.Span),
            Hdf5Layout.Read(context, name, layout, filters));
    }

    /// <summary>Reads the values in row-major order.</summary>
    /// <param name="shape">The expected shape.</param>
    /// <exception cref="ModelFileException">
    /// The shape or type differs, the file is too short, or a value is not finite as a float.
    /// </exception>
    public float[] Read(params ReadOnlySpan<long> shape)
    {
        if (!shape.SequenceEqual(space.Sizes))
            throw Wrong($"have the shape [{string.Join(", ", space.Sizes)}] where [{string.Join(", ", shape.ToArray())}] is expected");
        if (type.Kind != Hdf5Kind.FloatingPoint) throw Wrong("are not floating-point numbers of 16, 32 or 64 bits");
        Hdf5Values stored = layout.Open(space, type.Size);
        float[] values = file.Allocate<float>(space.Count);
        byte[] block = new byte[Math.Min(BlockLength, (long)values.Length * type.Size)];
        for (int first = 0, perBlock = BlockLength / type.Size; first < values.Length; first += perBlock)
        {
            int count = Math.Min(perBlock, values.Length - first);
            stored.Read((long)first * type.Size, block.AsSpan(0, count * type.Size));
            for (int index = 0; index < count; index++) values[first + index] = (float)type.Number(block.AsSpan(index * type.Size));
        }

        int wrong = System.Array.FindIndex(values, value => !float.IsFinite(value));
        return wrong < 0 ? values : throw new ModelFileException(
            file.Path,
            FormattableString.Invariant($"value {wrong} of the weights '{Name}' is {values[wrong]}; ")
            + "the training diverged or the file is damaged, so use an earlier model");
    }

    /// <summary>Reads a scalar of any numeric type; null if it is not one.</summary>
    public double? ReadNumber()
    {
        if (space.Count != 1 || type.Kind is not (Hdf5Kind.Integer or Hdf5Kind.FloatingPoint)) return null;
        byte[] bytes = new byte[type.Size];
        layout.Open(space, type.Size).Read(0, bytes);
        return type.Kind == Hdf5Kind.Integer ? type.Integer(bytes) : type.Number(bytes);
    }

    private ModelFileException Wrong(string what) => new(file.Path, $"the weights '{Name}' {what}");
}

namespace Aphorist.Interop.Hdf5;

/// <summary>Reads HDF5 files as h5py writes them by default, and as this library writes them.</summary>
/// <remarks>docs/decisions/0013-own-hdf5-reader.md explains why the library has its own reader.</remarks>
internal sealed class Hdf5File
{
    private const int LongestSuperblock = 96;

    private static readonly byte[] Signature = [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly Hdf5Bytes bytes;
    private readonly Hdf5Context context;
    private readonly long root;

    /// <param name="path">The path or name in error messages.</param>
    /// <param name="stream">A seekable stream, which stays open.</param>
    /// <exception cref="ModelFileException">The stream is not an HDF5 file.</exception>
    public Hdf5File(string path, Stream stream)
    {
        bytes = new(path, stream);
        byte[] start = bytes.ReadUpTo(0, LongestSuperblock);
        if (!IsOne(start) || start.Length < 16) throw bytes.Damaged();
        int version = start[8], place = version < 2 ? 13 : 9;
        Hdf5Sizes sizes = new(start[place], start[place + 1]);
        if (version > 3 || sizes.OfAddress is not (2 or 4 or 8) || sizes.OfLength is not (2 or 4 or 8)) throw bytes.Damaged();
        context = new(bytes, sizes);
        Hdf5Fields fields = context.Fields(start);
        fields.Skip(version switch { 0 => 24, 1 => 28, _ => 12 });
        if (fields.Address() != 0) throw bytes.Unsupported("a user block before the HDF5 data");
        // Versions 0 and 1: free space, end of file, driver information and the name of the root. Later versions: extension, end.
        for (int skipped = 0; skipped < (version < 2 ? 4 : 2); skipped++) fields.Address();
        root = fields.Address();
    }

    /// <summary>The path or name in error messages.</summary>
    public string Path => bytes.Path;

    /// <summary>Whether bytes begin with the signature of HDF5.</summary>
    public static bool IsOne(ReadOnlySpan<byte> start) => start.StartsWith(Signature);

    /// <summary>Returns a string attribute of a group; null if there is none.</summary>
    public string? Text(string group, string attribute) =>
        Attribute(group, attribute) is { IsText: true, Count: 1 } found ? found.Texts()[0] : null;

    /// <summary>
    /// Returns an attribute of a group that is a list of names. Empty if there is none, or if the list is empty, which is stored as
    /// numbers.
    /// </summary>
    public string[] Names(string group, string attribute) => Attribute(group, attribute) is { IsText: true } found ? found.Texts() : [];

    /// <summary>Whether there is a group or dataset with this path.</summary>
    public bool Has(string path) => Find(path) is not null;

    /// <summary>Returns the dataset with this path.</summary>
    /// <exception cref="ModelFileException">There is no such dataset.</exception>
    public Hdf5Array Array(string path) => Find(path) is { } found && Hdf5Array.Read(context, path, found) is { } array
        ? array
        : throw new ModelFileException(Path, $"the weights '{path}' are missing");

    private Hdf5Attribute? Attribute(string group, string name) =>
        Find(group) is { } found ? Hdf5Attribute.Find(context, found, name) : null;

    private Hdf5Object? Find(string path)
    {
        Hdf5Object place = context.Object(root);
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!place.Links.TryGetValue(name, out long address)) return null;
            place = context.Object(address);
        }

        return place;
    }
}

/// <summary>The state that reading all structures of a file needs: its bytes, the sizes of addresses, and a cache.</summary>
internal sealed class Hdf5Context(Hdf5Bytes file, Hdf5Sizes sizes)
{
    private readonly Dictionary<long, Hdf5Object> objects = [];
    private readonly Dictionary<long, Hdf5GlobalHeap> heaps = [];

    public Hdf5Bytes File => file;

    public Hdf5Sizes Sizes => sizes;

    public Hdf5Fields Fields(ReadOnlySpan<byte> bytes) => new(file, bytes, sizes);

    /// <summary>Returns the object whose header is at an address.</summary>
    public Hdf5Object Object(long address) =>
        objects.TryGetValue(address, out Hdf5Object? found) ? found : objects[address] = Hdf5Object.Read(this, address);

    /// <summary>Returns the global heap collection at an address.</summary>
    public Hdf5GlobalHeap Heap(long address) =>
        heaps.TryGetValue(address, out Hdf5GlobalHeap? found) ? found : heaps[address] = Hdf5GlobalHeap.Read(this, address);
}

using Aphorist.Storage;
using PureHDF;
using PureHDF.VOL.Native;

namespace Aphorist.Interop.Keras;

/// <summary>An HDF5 file of which nothing is believed: whatever fails in it is one exception, and sizes are checked before anything is read.</summary>
internal sealed class Hdf5File : IDisposable
{
    private const int MostNames = 4096;
    private static readonly byte[] Signature = [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly NativeFile file;

    /// <param name="path">What messages call the file.</param>
    /// <param name="stream">Its bytes, which can be sought in; stays open.</param>
    /// <exception cref="ModelFileException">It is no HDF5 file.</exception>
    public Hdf5File(string path, Stream stream)
    {
        (Path, Length) = (path, stream.Length);
        file = Guarded(() => H5File.Open(new MeteredStream(stream), leaveOpen: true));
    }

    /// <summary>What messages call the file.</summary>
    public string Path { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length { get; }

    /// <summary>Whether bytes begin as an HDF5 file does.</summary>
    public static bool IsOne(ReadOnlySpan<byte> start) => start.StartsWith(Signature);

    /// <summary>A text that is an attribute of a group; null if there is none.</summary>
    public string? Text(string group, string attribute) => Guarded(() => Find(group, attribute) is { } found && CountOf(found.Space) == 1 ? found.Read<string>() : null);

    /// <summary>A list of names that is an attribute of a group; empty if there is none, and where an empty list was stored, which is one of numbers.</summary>
    public string[] Names(string group, string attribute) => Guarded(() =>
    {
        if (Find(group, attribute) is not { } found || CountOf(found.Space) == 0) return [];
        if (CountOf(found.Space) > MostNames) throw new ModelFileException(Path, $"'{group}' has {CountOf(found.Space)} {attribute}, more than any model");
        return found.Read<string[]>();
    });

    /// <summary>Whether there is a group or a dataset of this path.</summary>
    public bool Has(string path) => Guarded(() => Reaches(path));

    /// <summary>The dataset of this path.</summary>
    /// <exception cref="ModelFileException">There is none.</exception>
    public Hdf5Array Array(string path) => Guarded(() => Reaches(path) && file.Get(path) is NativeDataset dataset
        ? new Hdf5Array(this, path, dataset)
        : throw new ModelFileException(Path, $"the weights '{path}' are missing"));

    public void Dispose() => file.Dispose();

    /// <summary>The product of a space's sizes, as large as it may be.</summary>
    public static double CountOf(IH5Dataspace space) => space.Type == H5DataspaceType.Null ? 0 : space.Dimensions.Aggregate(1.0, (count, size) => count * size);

    /// <summary>Does something with the file. The reader of HDF5 meets damage with exceptions of many kinds.</summary>
    public T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (exception is not ModelFileException)
        {
            throw new ModelFileException(Path, "it is damaged, or no HDF5 file", exception);
        }
    }

    private IH5Attribute? Find(string group, string attribute) =>
        Reaches(group) && file.Get(group) is NativeGroup found && found.AttributeExists(attribute) ? found.Attribute(attribute) : null;

    /// <summary>Asked step by step, since a path through what is not there is an error to the reader.</summary>
    private bool Reaches(string path)
    {
        IH5Object place = file;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (place is not NativeGroup group || !group.LinkExists(name)) return false;
            place = group.Get(name);
        }

        return true;
    }
}

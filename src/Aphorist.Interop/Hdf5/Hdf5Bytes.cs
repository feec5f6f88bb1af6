using System.Runtime.CompilerServices;

namespace Aphorist.Interop.Hdf5;

/// <summary>The bytes of an HDF5 file, which are read only where they are, and only so many of them: what is read and unpacked in all is bounded by the file's length.</summary>
internal sealed class Hdf5Bytes(string path, Stream stream)
{
    // All groups and attributes of a model take a few hundred thousand bytes. A damaged file can lead round in circles, which end where this is used up.
    private const long MostMetadata = 4 << 20, LeastOfRead = 64;

    // Floats of 16 bits become twice as long, and what is packed with gzip, which is no use for weights, somewhat longer.
    private const int MostPacking = 2;
    private const long SparedForSmallFiles = 16 << 20;

    private long metadataLeft = MostMetadata, valuesLeft = MostPacking * stream.Length + SparedForSmallFiles;

    /// <summary>What messages call the file.</summary>
    public string Path => path;

    /// <summary>Its length.</summary>
    public long Length { get; } = stream.Length;

    /// <summary>Bytes that tell how the file is built.</summary>
    /// <exception cref="ModelFileException">They are not in the file.</exception>
    public byte[] Read(long address, long count)
    {
        EnsureHas(address, count);
        metadataLeft -= Math.Max(count, LeastOfRead);
        if (metadataLeft < 0) throw Damaged();
        byte[] bytes = new byte[count];
        Fill(address, bytes);
        return bytes;
    }

    /// <summary>The same, of a structure whose length is not known yet: as many of the bytes as there are.</summary>
    public byte[] ReadUpTo(long address, long most) => Read(address, Math.Clamp(Length - address, 0, most));

    /// <summary>Bytes of values, which the caller has a place for.</summary>
    public void ReadValues(long address, Span<byte> values)
    {
        EnsureHas(address, values.Length);
        Fill(address, values);
    }

    /// <summary>A place for values. All of them together cannot be much larger than the file.</summary>
    /// <exception cref="ModelFileException">They are.</exception>
    public T[] Allocate<T>(long count)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        if (count < 0 || count > valuesLeft / size || count > Array.MaxLength) throw new ModelFileException(path, "it claims to hold more values than a file of its length can");
        valuesLeft -= count * size;
        return new T[count];
    }

    /// <summary>Whether these bytes are in the file.</summary>
    public bool Has(long address, long count) => address >= 0 && count >= 0 && count <= Length && address <= Length - count;

    /// <summary>What to throw where the file contradicts itself.</summary>
    public ModelFileException Damaged() => new(path, "it is damaged, or no HDF5 file");

    /// <summary>What to throw where the file is built in a way that is not read here.</summary>
    /// <param name="what">What it has, in the plural.</param>
    public ModelFileException Unsupported(string what) => new(path, $"it has {what}, which cannot be imported; in Python, copy its groups, attributes and datasets into a new file of h5py, with h5py's defaults");

    private void EnsureHas(long address, long count)
    {
        if (!Has(address, count)) throw Damaged();
    }

    private void Fill(long address, Span<byte> bytes)
    {
        stream.Position = address;
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) throw Damaged();
    }
}
